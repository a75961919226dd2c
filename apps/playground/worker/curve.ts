import type { Means } from "@gradus/train";
import type { CurvePoint } from "../messages.ts";

/** A point of a curve. */
export function curvePoint(epoch: number, { loss, accuracy }: Means): CurvePoint {
  return { epoch, loss, accuracy: accuracy ?? NaN };
}

/**
 * Makes points of the training curve from the means of an epoch so far.
 *
 * Each point is the mean over the rows since the last one, as the means so far would hide what was
 * learnt since the epoch began.
 */
export class TrainingCurve {
  #before: Means = { loss: 0, accuracy: 0, rows: 0 };

  /**
   * The next point.
   *
   * @param epoch Epochs done, with a fraction.
   * @param means Of the epoch so far.
   * @param isLast Whether the epoch ends here.
   */
  next(epoch: number, means: Means, isLast: boolean): CurvePoint {
    const before = this.#before;
    const rows = means.rows - before.rows;
    const since = (now: number, then: number) => (now * means.rows - then * before.rows) / rows;
    this.#before = isLast ? { loss: 0, accuracy: 0, rows: 0 } : means;
    return curvePoint(epoch, {
      loss: since(means.loss, before.loss),
      accuracy: since(means.accuracy!, before.accuracy!),
      rows,
    });
  }
}
