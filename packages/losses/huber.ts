import type { Shape, Tensor } from "@gradus/tensor";
import { checkPointwiseOperands } from "./_check_operands.ts";
import { checkPointwiseTarget } from "./_check_targets.ts";
import { KeptBatch } from "./_kept_batch.ts";
import type { Loss, LossTarget } from "./loss.ts";

/** Settings of a {@linkcode Huber} loss. */
export interface HuberOptions {
  /**
   * `δ`, the distance at which the parabola becomes a line: positive, in units of the target.
   * Default: 1.
   */
  readonly delta?: number;
}

/**
 * Huber loss: with `d = ŷ − y`, the mean over all numbers of `d² / 2` where `|d| ≤ δ`, and of
 * `δ · (|d| − δ / 2)` where not, as in PyTorch.
 *
 * Near the target it is half of {@linkcode MeanSquaredError}; far from it, it grows as `δ` times
 * {@linkcode MeanAbsoluteError}, so that no outlier pulls harder than `δ`. With `k` numbers a row,
 * the sum per row is `k · L`.
 *
 * Kept for backward: prediction and target, which must not change in between.
 *
 * Source: Huber, Robust Estimation of a Location Parameter, 1964.
 *
 * @example
 * ```ts
 * import { Huber } from "@gradus/losses";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const loss = new Huber({ delta: 2 });
 * const cost = loss.forward(tensor(backend, [[1, 2]]), tensor(backend, [[0, 5]]));
 *
 * assertEquals(await cost.item(), (0.5 + 4) / 2);
 * assertEquals(await loss.backward().data(), new Float32Array([0.5, -1]));
 * ```
 */
export class Huber implements Loss {
  readonly #batch = new KeptBatch();
  readonly #delta: number;

  /**
   * A loss without a batch.
   *
   * @param options Where the parabola ends.
   * @throws {RangeError} If `delta` is not a positive number.
   */
  constructor(options: HuberOptions = {}) {
    const { delta = 1 } = options;
    if (!(delta > 0 && delta < Infinity)) {
      throw new RangeError(
        `Cannot make a Huber loss as delta must be a positive number: found ${delta}`,
      );
    }
    this.#delta = delta;
  }

  /**
   * `L = Σ (|d| ≤ δ ? d² / 2 : δ · (|d| − δ / 2)) / size` with `d = ŷ − y`.
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
    prediction.backend.pointwiseLoss("huber", { prediction, target }, cost, this.#delta);
    return cost;
  }

  /**
   * `∂L/∂ŷ = clip(ŷ − y, −δ, δ) / size`.
   *
   * @returns `[n, …]`, valid until forward runs again.
   * @throws {Error} If forward did not run since the last backward.
   */
  backward(): Tensor {
    const { prediction, target } = this.#batch.release();
    const dPrediction = this.#batch.gradientOf(prediction);
    // The parabola's slope is d; the line continues it with the slope it had at ±δ.
    prediction.backend.pointwiseLossGradient(
      "huber",
      { prediction, target },
      dPrediction,
      this.#delta,
    );
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
