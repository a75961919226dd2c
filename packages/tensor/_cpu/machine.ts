import type { Heap } from "./heap.ts";
import type { Kernels, Simd } from "./kernels.ts";
import type { Library } from "./library.ts";
import { Tables } from "./tables.ts";
import type { Threads } from "./threads.ts";

/** Numbers that a kernel must have for threads to pay, where it does little with each. */
const NUMBERS_PER_PART = 16_384;

/** What kernels run on: memory, threads, the library of kernels, and their numbers in it. */
export class Machine {
  readonly heap: Heap;
  readonly library: Library;
  readonly threads: Threads;
  readonly kernels: Kernels;
  /** Rows of a tile of a matrix product. */
  readonly tileRows: number;
  /** Instructions that the kernels are made of. */
  readonly simd: Simd;
  /** Tables of integers that kernels read. */
  readonly tables: Tables;
  readonly #scratch: { address: number; sizeBytes: number }[] = [];

  constructor(options: {
    readonly heap: Heap;
    readonly library: Library;
    readonly threads: Threads;
    readonly kernels: Kernels;
    readonly tileRows: number;
    readonly simd: Simd;
  }) {
    this.heap = options.heap;
    this.library = options.library;
    this.threads = options.threads;
    this.kernels = options.kernels;
    this.tileRows = options.tileRows;
    this.simd = options.simd;
    this.tables = new Tables(options.heap);
  }

  /** Into how many parts to cut work on so many numbers: 1, or one for each thread. */
  partsFor(numbers: number): number {
    return numbers < this.threads.count * NUMBERS_PER_PART ? 1 : this.threads.count;
  }

  /** Memory of a part for the length of one op, with whatever is in it; an error names its purpose. */
  scratch(part: number, sizeBytes: number, purpose: string): number {
    const held = this.#scratch[part] ??= { address: 0, sizeBytes: 0 };
    if (held.sizeBytes < sizeBytes) {
      // By half more than asked for: a little more the next time is no new block.
      const wishedBytes = held.sizeBytes === 0 ? sizeBytes : Math.ceil(1.5 * sizeBytes);
      const address = this.#allocate(wishedBytes, purpose);
      if (held.sizeBytes > 0) this.heap.release(held.address, held.sizeBytes);
      [held.address, held.sizeBytes] = [address, wishedBytes];
    }
    return held.address;
  }

  #allocate(sizeBytes: number, purpose: string): number {
    try {
      return this.heap.allocate(sizeBytes, purpose);
    } catch (error) {
      // Parts that were called already must not run on into memory that the caller gives back.
      this.threads.join();
      throw error;
    }
  }
}
