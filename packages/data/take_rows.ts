import { checkRows } from "./_check_nd_array.ts";
import { copyRows, rowLength, zerosLike } from "./_copy_rows.ts";
import type { Dataset } from "./dataset.ts";
import type { NdArray, NumericArray } from "./nd_array.ts";

/**
 * Copies the rows of an array: `y[i] = x[index[i]]`.
 *
 * A row may be taken more than once or not at all. The result is a copy.
 *
 * @param x The array, `[rows, …]`.
 * @param index The rows to take, each from 0.
 * @returns The rows in the order of `index`, `[index.length, …]`.
 * @throws {TypeError} If `x` has no first axis, or its values do not fill its shape.
 * @throws {RangeError} If a row is not one of `x`.
 *
 * @example
 * ```ts
 * import { takeRows } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const x = { data: new Float32Array([1, 2, 3, 4, 5, 6]), shape: [3, 2] };
 * const y = takeRows(x, [2, 0]);
 * assertEquals(y, { data: new Float32Array([5, 6, 1, 2]), shape: [2, 2] });
 * ```
 */
export function takeRows<T extends NumericArray>(
  x: NdArray<T>,
  index: ArrayLike<number>,
): NdArray<T>;
/**
 * Copies the rows of a dataset, `x` and `y` alike.
 *
 * @param dataset The dataset, of which `x` and `y` have the same number of rows.
 * @param index The rows to take, each from 0.
 * @returns The rows in the order of `index`.
 * @throws {TypeError} If `x` or `y` has no first axis, or its values do not fill its shape.
 * @throws {RangeError} If a row is not one of the dataset.
 *
 * @example
 * ```ts
 * import { iris, randomSplit, takeRows } from "@gradus/data";
 * import { random } from "@gradus/random";
 * import { assertEquals } from "@std/assert";
 *
 * const flowers = iris();
 * const rows = randomSplit(150, { counts: { training: 120, test: 30 }, random: random(1) });
 * const test = takeRows(flowers, rows.test);
 * assertEquals(test.x.shape, [30, 4]);
 * assertEquals(test.y.shape, [30]);
 * ```
 */
export function takeRows<Y extends NumericArray, X extends NumericArray>(
  dataset: Dataset<Y, X>,
  index: ArrayLike<number>,
): Dataset<Y, X>;
export function takeRows(
  from: NdArray | Dataset<NumericArray, NumericArray>,
  index: ArrayLike<number>,
): NdArray | Dataset<NumericArray, NumericArray> {
  if ("data" in from) return take(from, index, "the array");
  return { x: take(from.x, index, "x"), y: take(from.y, index, "y") };
}

function take<T extends NumericArray>(
  x: NdArray<T>,
  index: ArrayLike<number>,
  name: string,
): NdArray<T> {
  checkRows(`take rows of ${name}`, x);
  const [rows, ...rest] = x.shape;
  for (let i = 0; i < index.length; i++) {
    if (!Number.isInteger(index[i]) || index[i] < 0 || index[i] >= rows) {
      throw new RangeError(
        `Cannot take rows of ${name} as each must be a whole number from 0 to ${rows - 1}: ` +
          `found ${index[i]}`,
      );
    }
  }
  const length = rowLength(x);
  const data = zerosLike(x.data, index.length * length);
  copyRows(x.data, data, index, length);
  return { data, shape: [index.length, ...rest] };
}
