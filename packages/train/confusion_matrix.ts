/**
 * How often each class was taken for each, `counts[true][predicted]`.
 *
 * @param labels The true classes, `[rows]`, whole numbers in `[0, classes)`.
 * @param predictions The predicted classes, `[rows]`, likewise.
 * @param options How many classes there are, at least 1.
 * @returns `[classes][classes]` counts; rows are true classes.
 * @throws {TypeError} If there are not as many labels as predictions.
 * @throws {RangeError} If a class is out of range, naming its row, or there is none.
 *
 * @example
 * ```ts
 * import { confusionMatrix } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(confusionMatrix([0, 0, 1], [0, 1, 1], { classes: 2 }), [[1, 1], [0, 1]]);
 * ```
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: { readonly classes: number },
): number[][] {
  const { classes } = options;
  if (!Number.isInteger(classes) || classes < 1) {
    throw new RangeError(
      `Cannot count confusions as classes must be a whole number of at least 1: found ${classes}`,
    );
  }
  if (labels.length !== predictions.length) {
    throw new TypeError(
      `Cannot count confusions as there must be as many labels as predictions: found ${labels.length} and ${predictions.length}`,
    );
  }
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < labels.length; row++) {
    for (const [name, value] of [["label", labels[row]!], ["prediction", predictions[row]!]]) {
      if (!Number.isInteger(value) || (value as number) < 0 || (value as number) >= classes) {
        throw new RangeError(
          `Cannot count confusions as each ${name} must be in [0, ${classes}): found ${value} at row ${row}`,
        );
      }
    }
    counts[labels[row]!]![predictions[row]!]!++;
  }
  return counts;
}
