import type { Backend } from "../backend.ts";
import type { DType } from "../dtype.ts";
import { Tensor, tensor } from "../tensor.ts";

/** Numbers as the scripts of this folder write them. */
export interface GoldenNumbers {
  /** Lengths of the axes. */
  readonly shape: readonly number[];
  /** Separated by spaces: JSON itself has no NaN. */
  readonly values: string;
}

/** The numbers of such a text. */
export function readNumbers(text: string): number[] {
  return text.split(" ").map(Number);
}

/** A tensor of such numbers. */
export function goldenTensor(backend: Backend, numbers: GoldenNumbers, dtype?: DType): Tensor {
  const { shape, values } = numbers;
  return tensor(backend, readNumbers(values), { shape, dtype: dtype ?? backend.float });
}

/** A tensor for a result of the same shape, with numbers that the result has to replace. */
export function resultLike(backend: Backend, numbers: GoldenNumbers, dtype?: DType): Tensor {
  const result = new Tensor(backend, numbers.shape, { dtype: dtype ?? backend.float });
  backend.fill(dtype === "int32" ? -1 : NaN, result);
  return result;
}
