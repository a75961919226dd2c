import { type BatchBuffer, formatShape, type Shape, ShapeError, type Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** A {@linkcode Softmax} layer as JSON. */
export interface SoftmaxRecord {
  /** Which layer. */
  readonly type: "softmax";
}

/**
 * Probabilities over the last axis, `yᵢ = exp(xᵢ − max x) / Σⱼ exp(xⱼ − max x)`.
 *
 * Inputs and outputs are `[batch, …, classes]`. `y` is kept for backward, which multiplies by the full
 * Jacobian without making it. To train, leave this layer out and use `SoftmaxCrossEntropy` of
 * `@gradus/losses` on logits: it cannot meet a probability of 0. Derivation:
 * `docs/derivations/softmax.md`.
 *
 * @example
 * ```ts
 * import { Softmax } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const softmax = new Softmax();
 * softmax.init([2], { backend, random: random(0) });
 * const y = softmax.forward(tensor(backend, [[1e4, 1e4]]));
 * assertEquals(await y.data(), new Float32Array([0.5, 0.5]));
 * const dx = softmax.backward(tensor(backend, [[1, 0]]));
 * assertEquals(await dx!.data(), new Float32Array([0.25, -0.25]));
 * ```
 */
export class Softmax implements Layer {
  readonly #pass = new ForwardPass("softmax");
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** None. */
  readonly parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /** As {@linkcode Layer.init}: at least one axis. */
  init(inputShape: Shape, { backend }: InitContext): Shape {
    if (inputShape.length === 0) {
      throw new ShapeError(
        `Cannot initialise softmax as inputs must have an axis of classes: found ${
          formatShape(inputShape)
        }`,
      );
    }
    this.#pass.init(inputShape, backend);
    this.#y = activations(backend, "the output of softmax");
    this.#dx = activations(backend, "the input gradient of softmax");
    return inputShape;
  }

  /** `yᵢ = exp xᵢ / Σⱼ exp xⱼ`. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    this.#pass.start(x);
    const y = this.#y.take(x.shape);
    x.backend.softmax(x, y);
    return this.#pass.keep(x, y, mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x, y } = this.#pass.take(dy);
    if (options.inputGradient === false) return null;
    // ∂L/∂x = (diag y − y yᵀ) · ∂L/∂y, row by row: ∂L/∂xᵢ = yᵢ · (∂L/∂yᵢ − Σⱼ ∂L/∂yⱼ · yⱼ)
    const dx = this.#dx.take(x.shape);
    x.backend.softmaxGradient({ y, dy }, dx);
    return dx;
  }

  /** The settings. */
  toJSON(): SoftmaxRecord {
    return { type: "softmax" };
  }
}
