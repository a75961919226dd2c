import type { Operand, Storage } from "../backend.ts";
import { arrayOf, type DType, type NumericArray } from "../dtype.ts";

/** Memory of the reference backend: a typed array, until it is released. */
export class ReferenceStorage implements Storage {
  readonly dtype: DType;
  readonly length: number;
  #values: NumericArray | null;

  constructor(dtype: DType, length: number) {
    this.dtype = dtype;
    this.length = length;
    this.#values = arrayOf(dtype, length);
  }

  get values(): NumericArray {
    if (this.#values === null) {
      throw new Error("Cannot use memory of the reference backend as it must not be released yet");
    }
    return this.#values;
  }

  release(): void {
    this.#values = null;
  }
}

/** The array behind an operand; it may be longer than the operand. */
export function valuesOf(operand: Operand): NumericArray {
  return (operand.storage as ReferenceStorage).values;
}
