import type { BatchBuffer, Shape, Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** A {@linkcode Softplus} layer as JSON. */
export interface SoftplusRecord {
  /** Which layer. */
  readonly type: "softplus";
}

/**
 * Number by number, `y = ln(1 + eˣ)`.
 *
 * Inputs and outputs have any shape `[batch, …]`. `x` and `y` are kept for backward.
 *
 * Source: Dugas et al., Incorporating second-order functional knowledge, NIPS 2000.
 *
 * @example
 * ```ts
 * import { Softplus } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { full, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const layer = new Softplus();
 * layer.init([1], { backend, random: random(0) });
 * const y = layer.forward(tensor(backend, [[1000]]));
 * assertEquals(await y.data(), new Float32Array([1000]));
 * const dx = layer.backward(full(backend, [1, 1], { value: 1 }));
 * assertEquals(await dx!.data(), new Float32Array([1]));
 * ```
 */
export class Softplus implements Layer {
  readonly #pass = new ForwardPass("softplus");
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** None. */
  readonly parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /** As {@linkcode Layer.init}: any shape. */
  init(inputShape: Shape, { backend }: InitContext): Shape {
    this.#pass.init(inputShape, backend);
    this.#y = activations(backend, "the output of softplus");
    this.#dx = activations(backend, "the input gradient of softplus");
    return inputShape;
  }

  /** `y = ln(1 + eˣ)`. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    this.#pass.start(x);
    const y = this.#y.take(x.shape);
    x.backend.unary("softplus", x, y);
    return this.#pass.keep(x, y, mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x, y } = this.#pass.take(dy);
    if (options.inputGradient === false) return null;
    // ∂L/∂x = ∂L/∂y · σ(x)
    const dx = this.#dx.take(x.shape);
    x.backend.unaryGradient("softplus", { x, y, dy }, dx);
    return dx;
  }

  /** The settings. */
  toJSON(): SoftplusRecord {
    return { type: "softplus" };
  }
}
