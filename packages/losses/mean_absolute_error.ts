import type { Shape, Tensor } from "@gradus/tensor";
import { checkPointwiseOperands } from "./_check_operands.ts";
import { checkPointwiseTarget } from "./_check_targets.ts";
import { KeptBatch } from "./_kept_batch.ts";
import type { Loss, LossTarget } from "./loss.ts";

/**
 * Mean absolute error, `L = Σ |ŷ − y| / size`, over all numbers of the batch, as in PyTorch.
 *
 * It weighs outliers less than {@linkcode MeanSquaredError}, and its gradient does not fade near
 * the target; {@linkcode Huber} is between the two. With `k` numbers a row, the sum per row is
 * `k · L`.
 *
 * Kept for backward: prediction and target, which must not change in between.
 *
 * @example
 * ```ts
 * import { MeanAbsoluteError } from "@gradus/losses";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const loss = new MeanAbsoluteError();
 * const cost = loss.forward(tensor(backend, [[1, 2]]), tensor(backend, [[1, 5]]));
 *
 * assertEquals(await cost.item(), 1.5);
 * assertEquals(await loss.backward().data(), new Float32Array([0, -0.5]));
 * ```
 */
export class MeanAbsoluteError implements Loss {
  readonly #batch = new KeptBatch();

  /**
   * `L = Σ |ŷ − y| / size`.
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
    prediction.backend.pointwiseLoss("absoluteError", { prediction, target }, cost);
    return cost;
  }

  /**
   * `∂L/∂ŷ = sign(ŷ − y) / size`, with `sign(0) = 0`.
   *
   * @returns `[n, …]`, valid until forward runs again.
   * @throws {Error} If forward did not run since the last backward.
   */
  backward(): Tensor {
    const { prediction, target } = this.#batch.release();
    const dPrediction = this.#batch.gradientOf(prediction);
    // d|ŷ − y|/dŷ is ±1, and at the kink, where any number between is a subgradient, 0.
    prediction.backend.pointwiseLossGradient("absoluteError", { prediction, target }, dPrediction);
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
