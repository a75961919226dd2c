/**
 * A type of numbers in a safetensors file.
 *
 * | dtype | array | a number is |
 * | --- | --- | --- |
 * | `F64` `F32` | `Float64Array` `Float32Array` | a float |
 * | `I64` `U64` | `BigInt64Array` `BigUint64Array` | an integer |
 * | `I32` `I16` `I8` | `Int32Array` `Int16Array` `Int8Array` | a signed integer |
 * | `U32` `U16` `U8` | `Uint32Array` `Uint16Array` `Uint8Array` | an unsigned integer |
 * | `F16` `BF16` | `Uint16Array` | the bits of a half or bfloat16 |
 * | `BOOL` | `Uint8Array` | 0 for false, 1 for true |
 */
export type Dtype =
  | "BOOL"
  | "U8"
  | "I8"
  | "I16"
  | "U16"
  | "F16"
  | "BF16"
  | "I32"
  | "U32"
  | "F32"
  | "F64"
  | "I64"
  | "U64";

/** The arrays that hold the numbers; {@linkcode Dtype} says which holds what. */
export type NumberArray =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/**
 * What a safetensors file keeps under a name.
 *
 * @example Half floats, by their bits
 * ```ts
 * import type { NamedArray } from "@gradus/safetensors";
 * import { assertEquals } from "@std/assert";
 *
 * const ones: NamedArray = { shape: [2], data: new Uint16Array([0x3c00, 0x3c00]), dtype: "F16" };
 *
 * assertEquals(ones.data.byteLength, 4);
 * ```
 */
export interface NamedArray {
  /** The length of each axis, `[]` for a single number. */
  readonly shape: readonly number[];
  /** The numbers in row-major order, as many as the product of the shape. */
  readonly data: NumberArray;
  /** What the numbers are; needed for `BOOL`, `F16` and `BF16`, which `data` alone does not say. */
  readonly dtype?: Dtype;
}
