import type { BatchBuffer, Shape, Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** A {@linkcode Relu} layer as JSON. */
export interface ReluRecord {
  /** Which layer. */
  readonly type: "relu";
}

/**
 * Number by number, `y = max(0, x)`.
 *
 * Inputs and outputs have any shape `[batch, …]`. `x` and `y` are kept for backward.
 *
 * Source: Nair and Hinton, Rectified linear units improve restricted Boltzmann machines, ICML 2010. Derivation: `docs/derivations/relu.md`.
 *
 * @example
 * ```ts
 * import { Relu } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { full, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const layer = new Relu();
 * layer.init([3], { backend, random: random(0) });
 * const y = layer.forward(tensor(backend, [[3, -2, 0]]));
 * assertEquals(await y.data(), new Float32Array([3, 0, 0]));
 * const dx = layer.backward(full(backend, [1, 3], { value: 1 }));
 * assertEquals(await dx!.data(), new Float32Array([1, 0, 0]));
 * ```
 */
export class Relu implements Layer {
  readonly #pass = new ForwardPass("relu");
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** None. */
  readonly parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /** As {@linkcode Layer.init}: any shape. */
  init(inputShape: Shape, { backend }: InitContext): Shape {
    this.#pass.init(inputShape, backend);
    this.#y = activations(backend, "the output of relu");
    this.#dx = activations(backend, "the input gradient of relu");
    return inputShape;
  }

  /** `y = max(0, x)`. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    this.#pass.start(x);
    const y = this.#y.take(x.shape);
    x.backend.unary("relu", x, y);
    return this.#pass.keep(x, y, mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x, y } = this.#pass.take(dy);
    if (options.inputGradient === false) return null;
    // ∂L/∂x = ∂L/∂y where x > 0, else 0; relu′(0) = 0
    const dx = this.#dx.take(x.shape);
    x.backend.unaryGradient("relu", { x, y, dy }, dx);
    return dx;
  }

  /** The settings. */
  toJSON(): ReluRecord {
    return { type: "relu" };
  }
}
