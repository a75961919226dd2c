import type { BatchBuffer, Shape, Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** A {@linkcode Scale} layer as JSON. */
export interface ScaleRecord {
  /** Which layer. */
  readonly type: "scale";
  /** What numbers are multiplied by. */
  readonly factor: number;
}

/**
 * Number by number, `y = factor · x`, with a factor that is not trained: for example to start from small
 * logits.
 *
 * Inputs and outputs have any shape `[batch, …]`.
 *
 * @example
 * ```ts
 * import { Scale } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { full, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const layer = new Scale(0.5);
 * layer.init([2], { backend, random: random(0) });
 * const y = layer.forward(tensor(backend, [[3, -2]]));
 * assertEquals(await y.data(), new Float32Array([1.5, -1]));
 * const dx = layer.backward(full(backend, [1, 2], { value: 1 }));
 * assertEquals(await dx!.data(), new Float32Array([0.5, 0.5]));
 * ```
 */
export class Scale implements Layer {
  readonly #factor: number;
  readonly #pass = new ForwardPass("scale");
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** None. */
  readonly parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /**
   * A layer before `init`.
   *
   * @param factor What numbers are multiplied by.
   * @throws {RangeError} If the factor is not finite.
   */
  constructor(factor: number) {
    if (!Number.isFinite(factor)) {
      throw new RangeError(`Cannot make scale as the factor must be finite: found ${factor}`);
    }
    this.#factor = factor;
  }

  /** As {@linkcode Layer.init}: any shape. */
  init(inputShape: Shape, { backend }: InitContext): Shape {
    this.#pass.init(inputShape, backend);
    this.#y = activations(backend, "the output of scale");
    this.#dx = activations(backend, "the input gradient of scale");
    return inputShape;
  }

  /** `y = factor · x`. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    this.#pass.start(x);
    const y = this.#y.take(x.shape);
    x.backend.binary("multiply", x, this.#factor, y);
    return this.#pass.keep(x, y, mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x } = this.#pass.take(dy);
    if (options.inputGradient === false) return null;
    // ∂L/∂x = factor · ∂L/∂y
    const dx = this.#dx.take(x.shape);
    x.backend.binary("multiply", dy, this.#factor, dx);
    return dx;
  }

  /** The settings. */
  toJSON(): ScaleRecord {
    return { type: "scale", factor: this.#factor };
  }
}
