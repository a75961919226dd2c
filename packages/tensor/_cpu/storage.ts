import type { Operand, Storage } from "../backend.ts";
import type { DType, NumericArray } from "../dtype.ts";
import type { Heap } from "./heap.ts";

/** A block of the heap. */
export class CpuStorage implements Storage {
  readonly dtype: DType;
  readonly length: number;
  readonly heap: Heap;
  /** Where it is; 0 once it was released. */
  address: number;

  constructor(heap: Heap, { dtype, length, purpose }: {
    dtype: DType;
    length: number;
    purpose: string;
  }) {
    this.heap = heap;
    this.dtype = dtype;
    this.length = length;
    this.address = heap.allocate(4 * length, purpose);
  }

  /** Its numbers, where they are. The loops of the reference backend run on them. */
  get values(): NumericArray {
    const { buffer } = this.heap.memory;
    const address = addressOfStorage(this);
    return this.dtype === "int32"
      ? new Int32Array(buffer, address, this.length)
      : new Float32Array(buffer, address, this.length);
  }

  release(): void {
    this.heap.release(addressOfStorage(this), 4 * this.length);
    this.address = 0;
  }
}

/** Byte address of an operand's first number. */
export function addressOf(operand: Operand): number {
  return addressOfStorage(operand.storage as CpuStorage);
}

/** Byte address of a storage. */
export function addressOfStorage(storage: CpuStorage): number {
  if (storage.address === 0 || !storage.heap.isOpen) {
    throw new Error(
      storage.heap.isOpen
        ? "Cannot use memory of the cpu backend as it must not be released yet"
        : "Cannot use memory of the cpu backend as the backend must be open: it was closed",
    );
  }
  return storage.address;
}
