import type { NdArray, NumericArray } from "./nd_array.ts";

/** A new array of zeros with the type of `data`, in memory of its own that no worker shares. */
export function zerosLike<T extends NumericArray>(data: T, length: number): T;
export function zerosLike(data: NumericArray, length: number): NumericArray {
  if (data instanceof Float32Array) return new Float32Array(length);
  if (data instanceof Float64Array) return new Float64Array(length);
  if (data instanceof Int32Array) return new Int32Array(length);
  return new Uint8Array(length);
}

/** How many values a row has. */
export function rowLength(x: NdArray): number {
  return x.shape.slice(1).reduce((product, length) => product * length, 1);
}

/** Below this many values, a plain loop costs less than the view that `set` needs. */
const LONG_ROW = 64;

/** Copies the rows of `from` named by `index`, each of `length` values, one after another. */
export function copyRows<T extends NumericArray>(
  from: T,
  to: T,
  index: ArrayLike<number>,
  length: number,
): void {
  for (let row = 0; row < index.length; row++) {
    const source = index[row] * length;
    const target = row * length;
    if (length >= LONG_ROW) {
      to.set(from.subarray(source, source + length), target);
    } else {
      for (let i = 0; i < length; i++) to[target + i] = from[source + i];
    }
  }
}
