/** Numbers of a tensor: `float32` everywhere, `float64` on `reference`, `int32` for labels and indices. */
export type DType = "float32" | "float64" | "int32";

/** The dtypes of real numbers. */
export type FloatType = "float32" | "float64";

/** The array that holds the numbers of each {@linkcode DType} outside a backend. */
export type NumericArray = Float32Array | Float64Array | Int32Array;

/**
 * A new array of zeros for `length` numbers of a dtype.
 *
 * @param dtype The numbers' type.
 * @param length How many numbers.
 * @returns A fresh array, owned by the caller.
 *
 * @example
 * ```ts
 * import { arrayOf } from "@gradus/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(arrayOf("int32", 2), new Int32Array(2));
 * ```
 */
export function arrayOf(dtype: DType, length: number): NumericArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
    case "int32":
      return new Int32Array(length);
  }
}
