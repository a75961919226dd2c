import type { Shape, Tensor } from "@gradus/tensor";
import { checkClassOperands } from "./_check_operands.ts";
import { checkClassTarget } from "./_check_targets.ts";
import { KeptBatch } from "./_kept_batch.ts";
import type { Loss, LossTarget } from "./loss.ts";

/**
 * Cross-entropy of probabilities, `L = −Σ Y · ln Ŷ / n`, averaged over the `n` rows of the batch.
 *
 * Use it behind a softmax layer. Where a target's probability is 0 the cost is Infinity and the
 * gradient −Infinity, as the mathematics says; a softmax of logits that lie more than about 100
 * apart gives such zeros in float32. {@linkcode SoftmaxCrossEntropy} takes the logits themselves
 * and has no such case: it is the one to train with, this one is the one to read.
 *
 * Kept for backward: prediction and target, which must not change in between.
 *
 * Derivation: `docs/derivations/cross_entropy.md`.
 *
 * @example
 * ```ts
 * import { CrossEntropy } from "@gradus/losses";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const loss = new CrossEntropy();
 * const probabilities = tensor(backend, [[0.5, 0.5], [0.75, 0.25]]);
 * const cost = loss.forward(probabilities, tensor(backend, new Int32Array([0, 1])));
 *
 * assertEquals(await cost.item(), Math.fround((Math.log(2) + Math.log(4)) / 2));
 * assertEquals(await loss.backward().data(), new Float32Array([-1, 0, 0, -2]));
 * ```
 */
export class CrossEntropy implements Loss {
  readonly #batch = new KeptBatch();

  /**
   * `L = −Σ Y · ln Ŷ / n`, where a term whose target is 0 is 0.
   *
   * @param prediction Probabilities `Ŷ [n, classes]`.
   * @param target `Y`: one-hot or other probabilities `[n, classes]`, or labels, `int32 [n]`.
   * @returns `[]`, valid until forward runs again.
   * @throws {ShapeError} If shapes or dtypes do not fit.
   * @throws {TypeError} If the two tensors are on two backends.
   */
  forward(prediction: Tensor, target: Tensor): Tensor {
    checkClassOperands(prediction, target);
    const cost = this.#batch.keep(prediction, target);
    prediction.backend.crossEntropy(prediction, target, cost);
    return cost;
  }

  /**
   * `∂L/∂Ŷ = −Y / (n · Ŷ)`.
   *
   * @returns `[n, classes]`, valid until forward runs again.
   * @throws {Error} If forward did not run since the last backward.
   */
  backward(): Tensor {
    const { prediction, target } = this.#batch.release();
    const dPrediction = this.#batch.gradientOf(prediction);
    // Each Ŷ has one term, −Y · ln Ŷ / n, and d ln Ŷ/dŶ = 1 / Ŷ.
    prediction.backend.crossEntropyGradient(prediction, target, dPrediction);
    return dPrediction;
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
}
