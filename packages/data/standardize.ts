import { checkFit, checkLists, columnName, mapColumns, parseColumns } from "./_columns.ts";
import type { NdArray } from "./nd_array.ts";

/** Options of {@linkcode fitStandardizer}. */
export interface FitStandardizerOptions {
  /**
   * A number ≥ 0 that is added to the variance of each column, in the square of its unit.
   *
   * By default it is 0, and a constant column is an error. With more, a constant column becomes
   * zeros: `1e-4` suits images of values from 0 to 1 with pixels that never light up.
   *
   * @default 0
   */
  readonly epsilon?: number;
}

/** What a {@linkcode Standardizer} is saved as. */
export interface StandardizerJson {
  /** The mean of each column. */
  readonly mean: readonly number[];
  /** The deviation of each column. */
  readonly deviation: readonly number[];
}

/**
 * Shifts and scales columns to mean 0 and deviation 1: `y = (x − mean) / deviation`.
 *
 * Columns are the last axis: those of a table `[rows, columns]`, or the channels of images
 * `[rows, height, width, channels]`. NaN and infinite values stay so.
 *
 * @example
 * ```ts
 * import { Standardizer } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const standardizer = new Standardizer({ mean: [10, 0], deviation: [2, 1] });
 * const x = { data: new Float32Array([12, 1, 8, -1]), shape: [2, 2] };
 * const y = standardizer.transform(x);
 * assertEquals(y.data, new Float32Array([1, 1, -1, -1]));
 * assertEquals(standardizer.inverse(y), x);
 * ```
 */
export class Standardizer {
  /** The mean of each column. */
  readonly mean: readonly number[];
  /** The deviation of each column, above 0. */
  readonly deviation: readonly number[];

  /**
   * Takes known statistics.
   *
   * @param statistics The mean and the deviation of each column.
   * @throws {TypeError} If they are not as many as each other, or none.
   * @throws {RangeError} If a mean is not finite, or a deviation not finite and above 0.
   */
  constructor(statistics: StandardizerJson) {
    const { mean, deviation } = statistics;
    checkLists("make a standardizer", mean, deviation);
    for (let j = 0; j < mean.length; j++) {
      if (!Number.isFinite(mean[j])) {
        throw new RangeError(
          `Cannot make a standardizer as means must be finite: found ${mean[j]} for column ${j}`,
        );
      }
      if (!(deviation[j] > 0 && deviation[j] < Infinity)) {
        throw new RangeError(
          `Cannot make a standardizer as deviations must be finite and above 0: ` +
            `found ${deviation[j]} for column ${j}`,
        );
      }
    }
    this.mean = [...mean];
    this.deviation = [...deviation];
  }

  /**
   * Computes `y = (x − mean) / deviation` in `float64`, rounded to `float32`.
   *
   * @param x The values, `[…, columns]`.
   * @returns A new array of the same shape.
   * @throws {TypeError} If the last axis of `x` has another length than the fit.
   */
  transform(x: NdArray): NdArray<Float32Array> {
    const { mean, deviation } = this;
    return mapColumns(
      "standardize x",
      x,
      mean.length,
      (value, j) => (value - mean[j]) / deviation[j],
    );
  }

  /**
   * Undoes {@linkcode Standardizer.transform}: `x = y · deviation + mean`.
   *
   * @param y Standardized values, `[…, columns]`.
   * @returns A new array of the same shape.
   * @throws {TypeError} If the last axis of `y` has another length than the fit.
   */
  inverse(y: NdArray): NdArray<Float32Array> {
    const { mean, deviation } = this;
    return mapColumns(
      "undo the standardizing of y",
      y,
      mean.length,
      (value, j) => value * deviation[j] + mean[j],
    );
  }

  /**
   * The statistics as plain data, for `JSON.stringify`; {@linkcode standardizerFromJson} reads it.
   *
   * @returns The mean and the deviation of each column.
   */
  toJSON(): StandardizerJson {
    return { mean: this.mean, deviation: this.deviation };
  }
}

/**
 * Fits a standardizer: the mean of each column and `deviation = √(variance + epsilon)`.
 *
 * The variance is that of the population (divided by n). Both are computed in `float64` by
 * Welford's recurrence, which does not cancel where the mean is large, and is exact for constants.
 * Fit it on the training rows alone, or the others leak into what the model learns from.
 *
 * @param x The training rows, `[rows, …, columns]`.
 * @param options What is added to the variance.
 * @returns The standardizer.
 * @throws {TypeError} If `x` is not `[rows, …, columns]` with at least one row and column.
 * @throws {RangeError} If a value is not finite; a column is constant and `epsilon` is 0; `epsilon`
 * is negative or not finite.
 *
 * Source: B. P. Welford, "Note on a method for calculating corrected sums of squares and products",
 * Technometrics 4 (1962).
 *
 * @example
 * ```ts
 * import { fitStandardizer } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const training = { data: new Float32Array([1, 10, 3, 30]), shape: [2, 2] };
 * const standardizer = fitStandardizer(training);
 * assertEquals(standardizer.mean, [2, 20]);
 * assertEquals(standardizer.deviation, [1, 10]);
 * assertEquals(standardizer.transform(training).data, new Float32Array([-1, -1, 1, 1]));
 * ```
 */
export function fitStandardizer(x: NdArray, options: FitStandardizerOptions = {}): Standardizer {
  checkFit("fit a standardizer to x", x);
  const { epsilon = 0 } = options;
  if (!(epsilon >= 0 && epsilon < Infinity)) {
    throw new RangeError(
      `Cannot fit a standardizer to x as epsilon must be finite and at least 0: found ${epsilon}`,
    );
  }
  const columns = x.shape[x.shape.length - 1];
  const mean = new Float64Array(columns);
  const squares = new Float64Array(columns);
  const count = x.data.length / columns;
  for (let row = 0; row < count; row++) {
    for (let j = 0; j < columns; j++) {
      const value = x.data[row * columns + j];
      const distance = value - mean[j];
      mean[j] += distance / (row + 1);
      squares[j] += distance * (value - mean[j]);
    }
  }
  const deviation = Array.from(squares, (square) => Math.sqrt(square / count + epsilon));
  const constant = deviation.indexOf(0);
  if (constant >= 0) {
    throw new RangeError(
      `Cannot standardize ${columnName(x, constant)} as its values must differ: ` +
        `found only ${x.data[constant]}`,
    );
  }
  return new Standardizer({ mean: [...mean], deviation });
}

/**
 * Reads a standardizer from what `JSON.parse` made of it.
 *
 * @param json The value, `{ mean: number[], deviation: number[] }` and nothing else.
 * @returns The standardizer.
 * @throws {TypeError} If it is not such a record, or the lists are empty or of different lengths.
 * @throws {RangeError} If a deviation is not above 0.
 *
 * @example
 * ```ts
 * import { Standardizer, standardizerFromJson } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const standardizer = new Standardizer({ mean: [5.8], deviation: [0.8] });
 * const copy = standardizerFromJson(JSON.parse(JSON.stringify(standardizer)));
 * assertEquals(copy, standardizer);
 * ```
 */
export function standardizerFromJson(json: unknown): Standardizer {
  const [mean, deviation] = parseColumns("read a standardizer", json, ["mean", "deviation"]);
  return new Standardizer({ mean, deviation });
}
