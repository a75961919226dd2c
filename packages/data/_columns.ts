import { checkNdArray, shapeText } from "./_check_nd_array.ts";
import type { NdArray } from "./nd_array.ts";

/** Throws unless `x` is `[rows, …, columns]` with at least one row and finite values. */
export function checkFit(action: string, x: NdArray): void {
  checkNdArray(action, x);
  if (x.shape.length < 2 || x.data.length === 0) {
    throw new TypeError(
      `Cannot ${action} as it must have rows and columns: found shape ${shapeText(x.shape)}`,
    );
  }
  const at = x.data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    const columns = x.shape[x.shape.length - 1];
    throw new RangeError(
      `Cannot ${action} as its values must be finite: found ${x.data[at]} in row ` +
        `${Math.floor(at / (x.data.length / x.shape[0]))}, ${columnName(x, at % columns)}`,
    );
  }
}

/** What an index along the last axis is called: a column of a table, a channel of images. */
export function columnName(x: NdArray, column: number): string {
  return `${x.shape.length > 2 ? "channel" : "column"} ${column}`;
}

/**
 * Computes `y[…, j] = map(x[…, j], j)` as `float32`, for `x` of shape `[…, columns]`.
 *
 * Values are computed in `float64` and rounded once.
 */
export function mapColumns(
  action: string,
  x: NdArray,
  columns: number,
  map: (value: number, column: number) => number,
): NdArray<Float32Array> {
  checkNdArray(action, x);
  if (x.shape.at(-1) !== columns) {
    throw new TypeError(
      `Cannot ${action} as its last axis must have the length of the fit, ${columns}: ` +
        `found shape ${shapeText(x.shape)}`,
    );
  }
  const data = new Float32Array(x.data.length);
  for (let row = 0; row < data.length; row += columns) {
    for (let j = 0; j < columns; j++) data[row + j] = map(x.data[row + j], j);
  }
  return { data, shape: x.shape };
}

/** The two lists of numbers that a record `{ [first]: […], [second]: […] }` consists of. */
export function parseColumns(
  action: string,
  json: unknown,
  names: readonly [string, string],
): [readonly number[], readonly number[]] {
  const keys = typeof json === "object" && json !== null ? Object.keys(json) : [];
  if (keys.length !== 2 || !names.every((name) => keys.includes(name))) {
    throw new TypeError(
      `Cannot ${action} as its keys must be ${names.join(" and ")}: ` +
        `found ${keys.length > 0 ? keys.join(", ") : "none"}`,
    );
  }
  const record = json as Record<string, unknown>;
  for (const name of names) {
    const list = record[name];
    if (Array.isArray(list) && list.every((value) => typeof value === "number")) continue;
    throw new TypeError(
      `Cannot ${action} as ${name} must be a list of numbers: found ${JSON.stringify(list)}`,
    );
  }
  return [record[names[0]] as number[], record[names[1]] as number[]];
}

/** Throws unless both lists have a number for each of one or more columns. */
export function checkLists(
  action: string,
  first: readonly number[],
  second: readonly number[],
): void {
  if (first.length > 0 && first.length === second.length) return;
  throw new TypeError(
    `Cannot ${action} as it must have two numbers for each column: ` +
      `found ${first.length} and ${second.length}`,
  );
}
