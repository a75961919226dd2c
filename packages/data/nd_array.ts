/** The typed arrays that data is read into: `float32`, `float64`, `int32` and `uint8`. */
export type NumericArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/**
 * Values with a shape: element `[i, j]` of a shape `[m, n]` is `data[i · n + j]`.
 *
 * The last axis varies fastest (C order). A shape `[]` holds one value.
 *
 * @example
 * ```ts
 * import type { NdArray } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const x: NdArray<Float32Array> = { data: new Float32Array([1, 2, 3, 4, 5, 6]), shape: [2, 3] };
 * assertEquals(x.data[1 * 3 + 2], 6);
 * ```
 */
export interface NdArray<T extends NumericArray = NumericArray> {
  /** The values, as many as the product of the shape. */
  readonly data: T;
  /** The length of each axis, the slowest first. */
  readonly shape: readonly number[];
}
