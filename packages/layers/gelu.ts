import type { BatchBuffer, Shape, Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** A {@linkcode Gelu} layer as JSON. */
export interface GeluRecord {
  /** Which layer. */
  readonly type: "gelu";
}

/**
 * Number by number, `y = x · Φ(x) = x/2 · (1 + erf(x/√2))`.
 *
 * Inputs and outputs have any shape `[batch, …]`. `x` and `y` are kept for backward.
 *
 * Source: Hendrycks and Gimpel, Gaussian error linear units, 2016.
 *
 * @example
 * ```ts
 * import { Gelu } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { full, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const layer = new Gelu();
 * layer.init([1], { backend, random: random(0) });
 * const y = layer.forward(tensor(backend, [[0]]));
 * assertEquals(await y.data(), new Float32Array([0]));
 * const dx = layer.backward(full(backend, [1, 1], { value: 1 }));
 * assertEquals(await dx!.data(), new Float32Array([0.5]));
 * ```
 */
export class Gelu implements Layer {
  readonly #pass = new ForwardPass("gelu");
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** None. */
  readonly parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /** As {@linkcode Layer.init}: any shape. */
  init(inputShape: Shape, { backend }: InitContext): Shape {
    this.#pass.init(inputShape, backend);
    this.#y = activations(backend, "the output of gelu");
    this.#dx = activations(backend, "the input gradient of gelu");
    return inputShape;
  }

  /** `y = x · Φ(x) = x/2 · (1 + erf(x/√2))`. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    this.#pass.start(x);
    const y = this.#y.take(x.shape);
    x.backend.unary("gelu", x, y);
    return this.#pass.keep(x, y, mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x, y } = this.#pass.take(dy);
    if (options.inputGradient === false) return null;
    // ∂L/∂x = ∂L/∂y · (Φ(x) + x · φ(x))
    const dx = this.#dx.take(x.shape);
    x.backend.unaryGradient("gelu", { x, y, dy }, dx);
    return dx;
  }

  /** The settings. */
  toJSON(): GeluRecord {
    return { type: "gelu" };
  }
}
