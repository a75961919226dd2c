import type { Shape, Tensor } from "@gradus/tensor";
import { checkPointwiseOperands } from "./_check_operands.ts";
import { checkPointwiseTarget } from "./_check_targets.ts";
import { KeptBatch } from "./_kept_batch.ts";
import type { Loss, LossTarget } from "./loss.ts";

/**
 * Hinge loss, `L = Σ max(0, 1 − y · ŷ) / size`, over all numbers of the batch, for targets −1 and
 * +1.
 *
 * A prediction on the right side costs nothing from a margin of 1 on. With a decay of the weights
 * it trains a linear support vector machine.
 *
 * Kept for backward: prediction and target, which must not change in between.
 *
 * Source: Cortes and Vapnik, Support-Vector Networks, 1995.
 *
 * @example
 * ```ts
 * import { Hinge } from "@gradus/losses";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const loss = new Hinge();
 * const cost = loss.forward(tensor(backend, [[2], [0.5]]), tensor(backend, [[1], [-1]]));
 *
 * assertEquals(await cost.item(), 0.75);
 * assertEquals(await loss.backward().data(), new Float32Array([0, 0.5]));
 * ```
 */
export class Hinge implements Loss {
  readonly #batch = new KeptBatch();

  /**
   * `L = Σ max(0, 1 − y · ŷ) / size`.
   *
   * @param prediction `ŷ [n, …]`, any real numbers.
   * @param target `y [n, …]`, of the prediction's shape, −1 or +1.
   * @returns `[]`, valid until forward runs again.
   * @throws {ShapeError} If shapes or dtypes differ.
   * @throws {TypeError} If the two tensors are on two backends.
   */
  forward(prediction: Tensor, target: Tensor): Tensor {
    checkPointwiseOperands(prediction, target);
    const cost = this.#batch.keep(prediction, target);
    prediction.backend.pointwiseLoss("hinge", { prediction, target }, cost);
    return cost;
  }

  /**
   * `∂L/∂ŷ = −y / size` where `y · ŷ < 1`, and 0 where not.
   *
   * @returns `[n, …]`, valid until forward runs again.
   * @throws {Error} If forward did not run since the last backward.
   */
  backward(): Tensor {
    const { prediction, target } = this.#batch.release();
    const dPrediction = this.#batch.gradientOf(prediction);
    // Inside the margin the cost is the line 1 − y · ŷ; beyond it, and at the kink, nothing pulls.
    prediction.backend.pointwiseLossGradient("hinge", { prediction, target }, dPrediction);
    return dPrediction;
  }

  /**
   * Refuses targets other than −1 and +1.
   *
   * @param target `[n, …outputShape]`.
   * @param outputShape Shape of the prediction without the batch.
   * @throws {ShapeError} If the shape differs.
   * @throws {RangeError} If a number is neither, naming its row.
   */
  checkTarget(target: LossTarget, outputShape: Shape): void {
    checkPointwiseTarget(target, outputShape, {
      must: "-1 or 1",
      holds: (value) => value === 1 || value === -1,
    });
  }
}
