import { type DType, type Operand, sizeOf, type Storage } from "@gradus/tensor";
import type { TensorFlow, TfTensor } from "./_tensorflow.ts";

/** Memory of the tfjs backend: a place whose numbers are replaced, as a tensor of tfjs is immutable. */
export class TfjsStorage implements Storage {
  readonly dtype: DType;
  readonly length: number;
  #numbers: TfTensor | null;

  /** Takes over a tensor `[length]`. */
  constructor(dtype: DType, numbers: TfTensor) {
    this.dtype = dtype;
    this.length = numbers.size;
    this.#numbers = numbers;
  }

  /** `[length]`. */
  get numbers(): TfTensor {
    if (this.#numbers === null) {
      throw new Error("Cannot use memory of the tfjs backend as it must not be released yet");
    }
    return this.#numbers;
  }

  /** Takes over another tensor `[length]`. */
  replace(numbers: TfTensor): void {
    this.numbers.dispose();
    this.#numbers = numbers;
  }

  release(): void {
    this.numbers.dispose();
    this.#numbers = null;
  }
}

/** What a kernel leaves: the numbers of each of its outputs. */
export type Stores = readonly (readonly [out: Operand, numbers: TfTensor])[];

/** The numbers of an operand, in its shape. */
export function load(tf: TensorFlow, { storage, shape }: Operand): TfTensor {
  const { numbers, length } = storage as TfjsStorage;
  const size = sizeOf(shape);
  return tf.reshape(size === length ? numbers : tf.slice(numbers, 0, size), [...shape]);
}

/** Overwrites the numbers of an operand; shape and type may differ, and fewer are broadcast. */
export function store(tf: TensorFlow, numbers: TfTensor, { storage, shape }: Operand): void {
  const size = sizeOf(shape);
  const all = numbers.size === size ? numbers : tf.broadcastTo(numbers, [...shape]);
  const flat = tf.cast(tf.reshape(all, [size]), storage.dtype as "float32");
  splice(tf, storage as TfjsStorage, { numbers: flat, offset: 0 });
}

/** Overwrites the numbers of a storage from `offset` on. */
export function splice(
  tf: TensorFlow,
  storage: TfjsStorage,
  { numbers, offset }: { readonly numbers: TfTensor; readonly offset: number },
): void {
  const before = storage.numbers;
  const end = offset + numbers.size;
  const parts = [numbers];
  if (offset > 0) parts.unshift(tf.slice(before, 0, offset));
  if (end < storage.length) parts.push(tf.slice(before, end));
  storage.replace(tf.keep(parts.length === 1 ? tf.clone(numbers) : tf.concat(parts)));
}
