import { checkFit, checkLists, columnName, mapColumns, parseColumns } from "./_columns.ts";
import type { NdArray } from "./nd_array.ts";

/** What a {@linkcode Normalizer} is saved as. */
export interface NormalizerJson {
  /** The least value of each column. */
  readonly minimum: readonly number[];
  /** The greatest value of each column. */
  readonly maximum: readonly number[];
}

/**
 * Shifts and scales columns to the range from 0 to 1: `y = (x − minimum) / (maximum − minimum)`.
 *
 * Columns are the last axis: those of a table `[rows, columns]`, or the channels of images
 * `[rows, height, width, channels]`. Values outside the range of the fit are mapped outside 0 to 1;
 * NaN and infinite values stay so.
 *
 * @example
 * ```ts
 * import { Normalizer } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const normalizer = new Normalizer({ minimum: [0], maximum: [255] });
 * const x = { data: new Uint8Array([0, 51, 255]), shape: [3, 1] };
 * assertEquals(normalizer.transform(x).data, new Float32Array([0, 0.2, 1]));
 * ```
 */
export class Normalizer {
  /** The least value of each column. */
  readonly minimum: readonly number[];
  /** The greatest value of each column, above the least. */
  readonly maximum: readonly number[];

  /**
   * Takes a known range.
   *
   * @param range The least and the greatest value of each column.
   * @throws {TypeError} If they are not as many as each other, or none.
   * @throws {RangeError} If they are not finite, the least below the greatest.
   */
  constructor(range: NormalizerJson) {
    const { minimum, maximum } = range;
    checkLists("make a normalizer", minimum, maximum);
    for (let j = 0; j < minimum.length; j++) {
      const width = maximum[j] - minimum[j];
      if (!(width > 0 && width < Infinity)) {
        throw new RangeError(
          `Cannot make a normalizer as minimum must be below maximum, both finite: ` +
            `found ${minimum[j]} and ${maximum[j]} for column ${j}`,
        );
      }
    }
    this.minimum = [...minimum];
    this.maximum = [...maximum];
  }

  /**
   * Computes `y = (x − minimum) / (maximum − minimum)` in `float64`, rounded to `float32`.
   *
   * @param x The values, `[…, columns]`.
   * @returns A new array of the same shape.
   * @throws {TypeError} If the last axis of `x` has another length than the fit.
   */
  transform(x: NdArray): NdArray<Float32Array> {
    const { minimum, maximum } = this;
    return mapColumns(
      "normalize x",
      x,
      minimum.length,
      (value, j) => (value - minimum[j]) / (maximum[j] - minimum[j]),
    );
  }

  /**
   * Undoes {@linkcode Normalizer.transform}: `x = y · (maximum − minimum) + minimum`.
   *
   * @param y Normalized values, `[…, columns]`.
   * @returns A new array of the same shape.
   * @throws {TypeError} If the last axis of `y` has another length than the fit.
   */
  inverse(y: NdArray): NdArray<Float32Array> {
    const { minimum, maximum } = this;
    return mapColumns(
      "undo the normalizing of y",
      y,
      minimum.length,
      (value, j) => value * (maximum[j] - minimum[j]) + minimum[j],
    );
  }

  /**
   * The range as plain data, for `JSON.stringify`; {@linkcode normalizerFromJson} reads it.
   *
   * @returns The least and the greatest value of each column.
   */
  toJSON(): NormalizerJson {
    return { minimum: this.minimum, maximum: this.maximum };
  }
}

/**
 * Fits a normalizer: the least and the greatest value of each column.
 *
 * Fit it on the training rows alone, or the others leak into what the model learns from.
 *
 * @param x The training rows, `[rows, …, columns]`.
 * @returns The normalizer.
 * @throws {TypeError} If `x` is not `[rows, …, columns]` with at least one row and column.
 * @throws {RangeError} If a value is not finite, or a column is constant.
 *
 * @example
 * ```ts
 * import { fitNormalizer } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const training = { data: new Float32Array([1, 10, 3, 30, 2, 15]), shape: [3, 2] };
 * const normalizer = fitNormalizer(training);
 * assertEquals(normalizer.transform(training).data, new Float32Array([0, 0, 1, 1, 0.5, 0.25]));
 * ```
 */
export function fitNormalizer(x: NdArray): Normalizer {
  checkFit("fit a normalizer to x", x);
  const columns = x.shape[x.shape.length - 1];
  const minimum = Array.from(x.data.subarray(0, columns));
  const maximum = [...minimum];
  for (let row = 0; row < x.data.length; row += columns) {
    for (let j = 0; j < columns; j++) {
      minimum[j] = Math.min(minimum[j], x.data[row + j]);
      maximum[j] = Math.max(maximum[j], x.data[row + j]);
    }
  }
  const constant = minimum.findIndex((value, j) => value === maximum[j]);
  if (constant >= 0) {
    throw new RangeError(
      `Cannot normalize ${columnName(x, constant)} as its values must differ: ` +
        `found only ${minimum[constant]}`,
    );
  }
  return new Normalizer({ minimum, maximum });
}

/**
 * Reads a normalizer from what `JSON.parse` made of it.
 *
 * @param json The value, `{ minimum: number[], maximum: number[] }` and nothing else.
 * @returns The normalizer.
 * @throws {TypeError} If it is not such a record, or the lists are empty or of different lengths.
 * @throws {RangeError} If a least value is not below its greatest.
 *
 * @example
 * ```ts
 * import { Normalizer, normalizerFromJson } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const normalizer = new Normalizer({ minimum: [0.1], maximum: [7.9] });
 * const copy = normalizerFromJson(JSON.parse(JSON.stringify(normalizer)));
 * assertEquals(copy, normalizer);
 * ```
 */
export function normalizerFromJson(json: unknown): Normalizer {
  const [minimum, maximum] = parseColumns("read a normalizer", json, ["minimum", "maximum"]);
  return new Normalizer({ minimum, maximum });
}
