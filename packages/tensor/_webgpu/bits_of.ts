import type { DType } from "../dtype.ts";

const words = new Uint32Array(1);
const floats = new Float32Array(words.buffer);
const ints = new Int32Array(words.buffer);

/** The 32 bits of a number of a dtype. */
export function bitsOf(value: number, dtype: DType): number {
  if (dtype === "int32") ints[0] = value;
  else floats[0] = value;
  return words[0]!;
}
