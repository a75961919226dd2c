import type { BatchBuffer, Shape, Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** A {@linkcode Sigmoid} layer as JSON. */
export interface SigmoidRecord {
  /** Which layer. */
  readonly type: "sigmoid";
}

/**
 * Number by number, `y = σ(x) = 1 / (1 + e⁻ˣ)`.
 *
 * Inputs and outputs have any shape `[batch, …]`. `x` and `y` are kept for backward.
 *
 * @example
 * ```ts
 * import { Sigmoid } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { full, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const layer = new Sigmoid();
 * layer.init([1], { backend, random: random(0) });
 * const y = layer.forward(tensor(backend, [[0]]));
 * assertEquals(await y.data(), new Float32Array([0.5]));
 * const dx = layer.backward(full(backend, [1, 1], { value: 1 }));
 * assertEquals(await dx!.data(), new Float32Array([0.25]));
 * ```
 */
export class Sigmoid implements Layer {
  readonly #pass = new ForwardPass("sigmoid");
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** None. */
  readonly parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /** As {@linkcode Layer.init}: any shape. */
  init(inputShape: Shape, { backend }: InitContext): Shape {
    this.#pass.init(inputShape, backend);
    this.#y = activations(backend, "the output of sigmoid");
    this.#dx = activations(backend, "the input gradient of sigmoid");
    return inputShape;
  }

  /** `y = σ(x) = 1 / (1 + e⁻ˣ)`. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    this.#pass.start(x);
    const y = this.#y.take(x.shape);
    x.backend.unary("sigmoid", x, y);
    return this.#pass.keep(x, y, mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x, y } = this.#pass.take(dy);
    if (options.inputGradient === false) return null;
    // ∂L/∂x = ∂L/∂y · y · (1 − y)
    const dx = this.#dx.take(x.shape);
    x.backend.unaryGradient("sigmoid", { x, y, dy }, dx);
    return dx;
  }

  /** The settings. */
  toJSON(): SigmoidRecord {
    return { type: "sigmoid" };
  }
}
