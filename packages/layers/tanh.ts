import type { BatchBuffer, Shape, Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** A {@linkcode Tanh} layer as JSON. */
export interface TanhRecord {
  /** Which layer. */
  readonly type: "tanh";
}

/**
 * Number by number, `y = tanh x`.
 *
 * Inputs and outputs have any shape `[batch, …]`. `x` and `y` are kept for backward.
 *
 * @example
 * ```ts
 * import { Tanh } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { full, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const layer = new Tanh();
 * layer.init([1], { backend, random: random(0) });
 * const y = layer.forward(tensor(backend, [[0]]));
 * assertEquals(await y.data(), new Float32Array([0]));
 * const dx = layer.backward(full(backend, [1, 1], { value: 1 }));
 * assertEquals(await dx!.data(), new Float32Array([1]));
 * ```
 */
export class Tanh implements Layer {
  readonly #pass = new ForwardPass("tanh");
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** None. */
  readonly parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /** As {@linkcode Layer.init}: any shape. */
  init(inputShape: Shape, { backend }: InitContext): Shape {
    this.#pass.init(inputShape, backend);
    this.#y = activations(backend, "the output of tanh");
    this.#dx = activations(backend, "the input gradient of tanh");
    return inputShape;
  }

  /** `y = tanh x`. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    this.#pass.start(x);
    const y = this.#y.take(x.shape);
    x.backend.unary("tanh", x, y);
    return this.#pass.keep(x, y, mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x, y } = this.#pass.take(dy);
    if (options.inputGradient === false) return null;
    // ∂L/∂x = ∂L/∂y · (1 − y²)
    const dx = this.#dx.take(x.shape);
    x.backend.unaryGradient("tanh", { x, y, dy }, dx);
    return dx;
  }

  /** The settings. */
  toJSON(): TanhRecord {
    return { type: "tanh" };
  }
}
