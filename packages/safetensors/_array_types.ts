import type { Dtype, NumberArray } from "./named_array.ts";

/** The constructor of a typed array. */
export interface ArrayType {
  new (buffer: ArrayBuffer): NumberArray;
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
}

/**
 * The array that holds each type, in the order of the official implementation, by which a writer
 * sorts: the largest numbers come first in a file, so that all are aligned.
 */
export const ARRAY_TYPES: ReadonlyMap<Dtype, ArrayType> = new Map<Dtype, ArrayType>([
  ["U64", BigUint64Array],
  ["I64", BigInt64Array],
  ["F64", Float64Array],
  ["F32", Float32Array],
  ["U32", Uint32Array],
  ["I32", Int32Array],
  ["BF16", Uint16Array],
  ["F16", Uint16Array],
  ["U16", Uint16Array],
  ["I16", Int16Array],
  ["I8", Int8Array],
  ["U8", Uint8Array],
  ["BOOL", Uint8Array],
]);
