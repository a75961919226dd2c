import type { NdArray, NumericArray } from "./nd_array.ts";

/**
 * Inputs `x` and the answers `y` to learn, row by row.
 *
 * `y` holds class labels (`Int32Array`, shape `[rows]`) unless it is declared as targets, one-hot
 * rows or numbers to predict, by `Dataset<Float32Array>`. `x` is `float32` unless it is declared as
 * the bytes of images, by `Dataset<Int32Array, Uint8Array>`.
 *
 * @example
 * ```ts
 * import type { Dataset } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const xor: Dataset = {
 *   x: { data: new Float32Array([0, 0, 0, 1, 1, 0, 1, 1]), shape: [4, 2] },
 *   y: { data: new Int32Array([0, 1, 1, 0]), shape: [4] },
 * };
 * assertEquals(xor.x.shape[0], xor.y.shape[0]);
 * ```
 */
export interface Dataset<
  Y extends NumericArray = Int32Array,
  X extends NumericArray = Float32Array,
> {
  /** The inputs, `[rows, …]`: `[rows, columns]` or `[rows, height, width, channels]`. */
  readonly x: NdArray<X>;
  /** The labels, `[rows]`, or the targets, `[rows, …]`. */
  readonly y: NdArray<Y>;
}
