import { formatShape, type Shape, ShapeError, type Tensor, tensor } from "@gradus/tensor";
import { checkClassOperands } from "./_check_operands.ts";
import { checkClassTarget } from "./_check_targets.ts";
import { KeptBatch } from "./_kept_batch.ts";
import type { Loss, LossTarget } from "./loss.ts";

/** Settings of a {@linkcode SoftmaxCrossEntropy} loss. */
export interface SoftmaxCrossEntropyOptions {
  /**
   * `s`, the share of each target that is spread evenly over all classes, in [0, 1): the network
   * learns `(1 − s) · Y + s / classes`. Default: 0.
   */
  readonly labelSmoothing?: number;
  /** A positive factor for each class, to make up for rare ones. Default: 1 for all. */
  readonly classWeights?: readonly number[] | Float32Array | Float64Array;
}

/**
 * Cross-entropy of softmax, `L = −Σ Y · ln softmax(x) / n`, from logits `x`, averaged over the `n`
 * rows of the batch.
 *
 * Both in one are exact where {@linkcode CrossEntropy} behind a softmax is not: logits of [1000, 0]
 * cost 0 or 1000, never Infinity. The gradient is plain, too: probabilities minus targets.
 *
 * With class weights `w` every term is multiplied by the weight of its class, and for labels the
 * sum is divided by the sum of the labels' weights instead of `n`; for targets `[n, classes]` by
 * `n` all the same. Both are PyTorch's conventions.
 *
 * Kept for backward: the gradient, which forward computes along with the cost.
 *
 * Derivations: `docs/derivations/softmax.md` and `docs/derivations/cross_entropy.md`. Label
 * smoothing: Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2016,
 * section 7.
 *
 * @example
 * ```ts
 * import { SoftmaxCrossEntropy } from "@gradus/losses";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const loss = new SoftmaxCrossEntropy();
 * const logits = tensor(backend, [[1000, 0], [3, 3]]);
 * const cost = loss.forward(logits, tensor(backend, new Int32Array([1, 0])));
 *
 * assertEquals(await cost.item(), Math.fround((1000 + Math.LN2) / 2));
 * assertEquals(await loss.backward().data(), new Float32Array([0.5, -0.5, -0.25, 0.25]));
 * ```
 */
export class SoftmaxCrossEntropy implements Loss {
  readonly #batch = new KeptBatch();
  readonly #options: { readonly labelSmoothing: number };
  readonly #classWeights: readonly number[] | null;
  #weight: Tensor | null = null;

  /**
   * A loss without a batch.
   *
   * @param options Label smoothing and class weights.
   * @throws {RangeError} If the smoothing is not in [0, 1), or a weight is not a positive number.
   */
  constructor(options: SoftmaxCrossEntropyOptions = {}) {
    const { labelSmoothing = 0, classWeights } = options;
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new RangeError(
        `Cannot smooth labels as the share must be in [0, 1): found ${labelSmoothing}`,
      );
    }
    this.#options = { labelSmoothing };
    this.#classWeights = classWeights === undefined ? null : [...classWeights];
    this.#classWeights?.forEach((weight, index) => {
      if (!(weight > 0 && weight < Infinity)) {
        throw new RangeError(
          `Cannot weight classes as each weight must be a positive number: found ${weight} for class ${index}`,
        );
      }
    });
  }

  /**
   * `L = −Σ Y · ln softmax(x) / n`, where a term whose target is 0 is 0.
   *
   * @param prediction Logits `x [n, classes]`.
   * @param target `Y`: one-hot or other probabilities `[n, classes]`, or labels, `int32 [n]`.
   * @returns `[]`, valid until forward runs again.
   * @throws {ShapeError} If shapes or dtypes do not fit, or there is not one weight for each class.
   * @throws {TypeError} If the two tensors are on two backends.
   */
  forward(prediction: Tensor, target: Tensor): Tensor {
    checkClassOperands(prediction, target);
    const weight = this.#weightFor(prediction);
    const cost = this.#batch.keep(prediction, target);
    // With p = softmax(x), ∂ ln p_c/∂x_j is 1 − p_j for c = j and −p_j for all others. Over a row
    // of targets that sum to 1, −Σ_c Y_c · ∂ ln p_c/∂x_j = p_j − Y_j: ∂L/∂x = (softmax(x) − Y) / n.
    prediction.backend.softmaxCrossEntropy(
      { logits: prediction, target, weight },
      this.#options,
      { loss: cost, gradient: this.#batch.gradientOf(prediction) },
    );
    return cost;
  }

  /**
   * `∂L/∂x = (softmax(x) − Y) / n`, as forward left it.
   *
   * With weights, `∂L/∂x_j = (softmax(x)_j · Σ_c w_c · Y_c − w_j · Y_j) / n`, or over the sum of
   * the labels' weights.
   *
   * @returns `[n, classes]`, valid until forward runs again.
   * @throws {Error} If forward did not run since the last backward.
   */
  backward(): Tensor {
    const { prediction } = this.#batch.release();
    return this.#batch.gradientOf(prediction);
  }

  /**
   * Refuses targets that are neither labels nor rows of probabilities.
   *
   * @param target Labels `[n]` as `Int32Array` or `Uint8Array`, each in `[0, classes)`; or
   * `[n, classes]`, each number at least 0, each row with the sum 1 to within `classes · 2⁻²³`,
   * float32's rounding.
   * @param outputShape `[classes]`.
   * @throws {ShapeError} If the shape, or the type of its numbers, is another.
   * @throws {RangeError} If a label or a row is none, naming the row.
   */
  checkTarget(target: LossTarget, outputShape: Shape): void {
    checkClassTarget(target, outputShape);
  }

  /** The class weights on the prediction's backend, uploaded once. */
  #weightFor({ backend, shape }: Tensor): Tensor | null {
    const weights = this.#classWeights;
    if (weights === null) return null;
    if (weights.length !== shape[1]) {
      throw new ShapeError(
        `Cannot take the loss of ${
          formatShape(shape)
        } as there must be a weight for each class: found ${weights.length}`,
      );
    }
    if (this.#weight?.backend !== backend) {
      this.#weight?.dispose();
      this.#weight = tensor(backend, weights);
    }
    return this.#weight;
  }
}
