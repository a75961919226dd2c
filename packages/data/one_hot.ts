import { checkRows, shapeText } from "./_check_nd_array.ts";
import type { NdArray } from "./nd_array.ts";

/**
 * Writes labels as one-hot rows: `y[i, j] = 1` if `j = labels[i]`, otherwise 0.
 *
 * @param labels The labels, `[rows]`, each from 0 to `classes − 1`.
 * @param classes The number of classes, at least 1.
 * @returns The one-hot rows, `[rows, classes]`.
 * @throws {TypeError} If `labels` has another shape than `[rows]`.
 * @throws {RangeError} If a label is not one of the classes, naming its row, or `classes` is not
 * a whole number above 0.
 *
 * @example
 * ```ts
 * import { oneHot } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const labels = { data: new Int32Array([2, 0]), shape: [2] };
 * const y = oneHot(labels, 3);
 * assertEquals(y, { data: new Float32Array([0, 0, 1, 1, 0, 0]), shape: [2, 3] });
 * ```
 */
export function oneHot(labels: NdArray<Int32Array>, classes: number): NdArray<Float32Array> {
  checkRows("encode labels", labels);
  if (labels.shape.length !== 1) {
    throw new TypeError(
      `Cannot encode labels as their shape must be [rows]: found ${shapeText(labels.shape)}`,
    );
  }
  if (!Number.isSafeInteger(classes) || classes < 1) {
    throw new RangeError(
      `Cannot encode labels as the classes must be a whole number above 0: found ${classes}`,
    );
  }
  const [rows] = labels.shape;
  const data = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const label = labels.data[row];
    if (label < 0 || label >= classes) {
      throw new RangeError(
        `Cannot encode the label of row ${row} as it must be from 0 to ${classes - 1}: ` +
          `found ${label}`,
      );
    }
    data[row * classes + label] = 1;
  }
  return { data, shape: [rows, classes] };
}
