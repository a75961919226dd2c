import { checkNdArray } from "./_check_nd_array.ts";
import type { NdArray } from "./nd_array.ts";

/**
 * Scales bytes to the range from 0 to 1: `y = x / 255`.
 *
 * @param x The bytes, of any shape.
 * @returns A new array of the same shape.
 * @throws {TypeError} If the values of `x` do not fill its shape.
 *
 * @example
 * ```ts
 * import { scaleBytes } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const pixels = { data: new Uint8Array([0, 51, 255]), shape: [3] };
 * assertEquals(scaleBytes(pixels), { data: new Float32Array([0, 0.2, 1]), shape: [3] });
 * ```
 */
export function scaleBytes(x: NdArray<Uint8Array>): NdArray<Float32Array> {
  checkNdArray("scale bytes", x);
  const data = new Float32Array(x.data.length);
  for (let i = 0; i < data.length; i++) data[i] = x.data[i] / 255;
  return { data, shape: x.shape };
}
