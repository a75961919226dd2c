import type { Operand, Storage } from "../backend.ts";
import type { DType } from "../dtype.ts";
import type { Block } from "./buffer_pool.ts";

/** Bits of a real number in the device's memory; programs compute with 32 in any case. */
export type FloatBits = 16 | 32;

/** A block of the device's memory, until it is released. */
export class WebGpuStorage implements Storage {
  readonly dtype: DType;
  readonly length: number;
  readonly bits: FloatBits;
  block: Block | null;
  /** Whether its block still holds the numbers of another storage, which have to be cleared before use. */
  isStale: boolean;

  constructor(
    block: Block,
    { dtype, length, bits }: { dtype: DType; length: number; bits: FloatBits },
  ) {
    this.block = block;
    this.dtype = dtype;
    this.length = length;
    this.bits = bits;
    this.isStale = block.isUsed;
  }
}

/** Bytes of so many numbers. */
export function bytesOf({ bits }: { readonly bits: FloatBits }, length: number): number {
  return bits / 8 * length;
}

/** The storage behind an operand. */
export function storageOf(operand: Operand): WebGpuStorage {
  return operand.storage as WebGpuStorage;
}

/** The block of a storage. */
export function blockOf(storage: WebGpuStorage): Block {
  if (storage.block === null) {
    throw new Error("Cannot use memory of the webgpu backend as it must not be released yet");
  }
  return storage.block;
}
