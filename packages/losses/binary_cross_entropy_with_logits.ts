import type { Shape, Tensor } from "@gradus/tensor";
import { checkPointwiseOperands } from "./_check_operands.ts";
import { checkPointwiseTarget } from "./_check_targets.ts";
import { KeptBatch } from "./_kept_batch.ts";
import type { Loss, LossTarget } from "./loss.ts";

/**
 * Binary cross-entropy of `p = sigmoid(x)`, `L = −Σ (y · ln p + (1 − y) · ln(1 − p)) / size`, over
 * all numbers of the batch, as in PyTorch.
 *
 * Each number is a question of its own, answered by yes (1), no (0) or a probability. It is
 * computed as `ln(1 + eˣ) − y · x` from the logits `x`, so that the network needs no sigmoid at its
 * end, and a logit of ±1000 costs 1000 rather than Infinity. With `k` questions a row, the sum per
 * row is `k · L`.
 *
 * Kept for backward: prediction and target, which must not change in between.
 *
 * Derivation: `docs/derivations/cross_entropy.md`.
 *
 * @example
 * ```ts
 * import { BinaryCrossEntropyWithLogits } from "@gradus/losses";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const loss = new BinaryCrossEntropyWithLogits();
 * const cost = loss.forward(tensor(backend, [[1000], [0]]), tensor(backend, [[0], [1]]));
 *
 * assertEquals(await cost.item(), Math.fround((1000 + Math.LN2) / 2));
 * assertEquals(await loss.backward().data(), new Float32Array([0.5, -0.25]));
 * ```
 */
export class BinaryCrossEntropyWithLogits implements Loss {
  readonly #batch = new KeptBatch();

  /**
   * `L = Σ (ln(1 + eˣ) − y · x) / size`.
   *
   * @param prediction The logits `x [n, …]`.
   * @param target `y [n, …]`, of the prediction's shape, in [0, 1].
   * @returns `[]`, valid until forward runs again.
   * @throws {ShapeError} If shapes or dtypes differ.
   * @throws {TypeError} If the two tensors are on two backends.
   */
  forward(prediction: Tensor, target: Tensor): Tensor {
    checkPointwiseOperands(prediction, target);
    const cost = this.#batch.keep(prediction, target);
    prediction.backend.pointwiseLoss(
      "binaryCrossEntropyWithLogits",
      { prediction, target },
      cost,
    );
    return cost;
  }

  /**
   * `∂L/∂x = (sigmoid(x) − y) / size`.
   *
   * @returns `[n, …]`, valid until forward runs again.
   * @throws {Error} If forward did not run since the last backward.
   */
  backward(): Tensor {
    const { prediction, target } = this.#batch.release();
    const dPrediction = this.#batch.gradientOf(prediction);
    // d ln(1 + eˣ)/dx = eˣ / (1 + eˣ) = sigmoid(x), and d(y · x)/dx = y.
    prediction.backend.pointwiseLossGradient(
      "binaryCrossEntropyWithLogits",
      { prediction, target },
      dPrediction,
    );
    return dPrediction;
  }

  /**
   * Refuses targets outside [0, 1].
   *
   * @param target `[n, …outputShape]`.
   * @param outputShape Shape of the prediction without the batch.
   * @throws {ShapeError} If the shape differs.
   * @throws {RangeError} If a number is outside, or NaN, naming its row.
   */
  checkTarget(target: LossTarget, outputShape: Shape): void {
    checkPointwiseTarget(target, outputShape, {
      must: "in [0, 1]",
      holds: (value) => value >= 0 && value <= 1,
    });
  }
}
