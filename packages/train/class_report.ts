/** How well one class is told from the others. */
export interface ClassScores {
  /** Of the rows predicted to be of the class, the share that is; null if none was. */
  readonly precision: number | null;
  /** Of the rows of the class, the share predicted to be; null if there is none. */
  readonly recall: number | null;
  /** Harmonic mean of both, `2 · TP / (2 · TP + FP + FN)`; null if there is nothing to count. */
  readonly f1: number | null;
  /** Rows of the class. */
  readonly support: number;
}

/**
 * Precision, recall and F1 of each class, from a confusion matrix.
 *
 * @param counts `[classes][classes]`, rows are true classes: what `confusionMatrix` returns.
 * @returns One record a class. A share of nothing is null, not 0.
 * @throws {TypeError} If the matrix is not square.
 * @throws {RangeError} If a count is not a whole number of at least 0.
 *
 * @example
 * ```ts
 * import { classReport } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(classReport([[1, 1], [0, 2]])[1], {
 *   precision: 2 / 3,
 *   recall: 1,
 *   f1: 0.8,
 *   support: 2,
 * });
 * ```
 */
export function classReport(counts: readonly (readonly number[])[]): ClassScores[] {
  if (counts.some((row) => row.length !== counts.length)) {
    throw new TypeError(
      `Cannot report classes as the matrix must be square: found ${counts.length} rows of ${
        counts.map((row) => row.length).join(", ")
      }`,
    );
  }
  const bad = counts.flat().find((count) => !Number.isInteger(count) || count < 0);
  if (bad !== undefined) {
    throw new RangeError(
      `Cannot report classes as each count must be a whole number of at least 0: found ${bad}`,
    );
  }
  return counts.map((row, c) => {
    const right = row[c]!;
    const support = row.reduce((sum, count) => sum + count, 0);
    const predicted = counts.reduce((sum, other) => sum + other[c]!, 0);
    return {
      precision: share(right, predicted),
      recall: share(right, support),
      f1: share(2 * right, support + predicted),
      support,
    };
  });
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
