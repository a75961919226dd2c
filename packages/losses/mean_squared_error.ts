import type { Shape, Tensor } from "@gradus/tensor";
import { checkPointwiseOperands } from "./_check_operands.ts";
import { checkPointwiseTarget } from "./_check_targets.ts";
import { KeptBatch } from "./_kept_batch.ts";
import type { Loss, LossTarget } from "./loss.ts";

/**
 * Mean squared error, `L = Σ (ŷ − y)² / size`, over all numbers of the batch, as in PyTorch.
 *
 * Other conventions are multiples of it. With `k` numbers a row, the squared error `Σ (ŷ − y)² / n`
 * per row is `k · L`, and with a factor ½, as lecture notes like it, `k · L / 2`. The learning rate
 * that suits them is to be multiplied by the same `k` or `k / 2` here.
 *
 * Kept for backward: prediction and target, which must not change in between.
 *
 * @example
 * ```ts
 * import { MeanSquaredError } from "@gradus/losses";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const loss = new MeanSquaredError();
 * const cost = loss.forward(tensor(backend, [[1, 2]]), tensor(backend, [[1, 5]]));
 *
 * assertEquals(await cost.item(), 4.5);
 * assertEquals(await loss.backward().data(), new Float32Array([0, -3]));
 * ```
 */
export class MeanSquaredError implements Loss {
  readonly #batch = new KeptBatch();

  /**
   * `L = Σ (ŷ − y)² / size`.
   *
   * @param prediction `ŷ [n, …]`.
   * @param target `y [n, …]`, of the prediction's shape.
   * @returns `[]`, valid until forward runs again.
   * @throws {ShapeError} If shapes or dtypes differ.
   * @throws {TypeError} If the two tensors are on two backends.
   */
  forward(prediction: Tensor, target: Tensor): Tensor {
    checkPointwiseOperands(prediction, target);
    const cost = this.#batch.keep(prediction, target);
    prediction.backend.pointwiseLoss("squaredError", { prediction, target }, cost);
    return cost;
  }

  /**
   * `∂L/∂ŷ = 2 (ŷ − y) / size`.
   *
   * @returns `[n, …]`, valid until forward runs again.
   * @throws {Error} If forward did not run since the last backward.
   */
  backward(): Tensor {
    const { prediction, target } = this.#batch.release();
    const dPrediction = this.#batch.gradientOf(prediction);
    // Only its own term of the sum depends on ŷᵢ: d(ŷ − y)²/dŷ = 2 (ŷ − y).
    prediction.backend.pointwiseLossGradient("squaredError", { prediction, target }, dPrediction);
    return dPrediction;
  }

  /**
   * Refuses targets that are not finite.
   *
   * @param target `[n, …outputShape]`.
   * @param outputShape Shape of the prediction without the batch.
   * @throws {ShapeError} If the shape differs.
   * @throws {RangeError} If a number is NaN or infinite, naming its row.
   */
  checkTarget(target: LossTarget, outputShape: Shape): void {
    checkPointwiseTarget(target, outputShape, { must: "finite", holds: Number.isFinite });
  }
}
