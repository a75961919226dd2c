import { HEAP_ADDRESS } from "./layout.ts";

/** Bytes of a page of wasm. */
const PAGE_BYTES = 65536;

/** Blocks begin and end at lines of the cache. */
const LINE_BYTES = 64;

/** Room behind the last block, which kernels may read and never write. */
const MARGIN_BYTES = 1024;

/** What a heap may be. */
export interface HeapOptions {
  /** Whether threads share it. */
  readonly isShared: boolean;
  /** The most bytes it may grow to; at most 4 GiB. */
  readonly maximumBytes: number;
}

/** A stretch of free memory. */
interface Gap {
  address: number;
  sizeBytes: number;
}

/**
 * The memory of a backend: blocks out of one `WebAssembly.Memory` that grows.
 *
 * Free stretches are kept in the order of their addresses, so that neighbours become one; a block comes
 * out of the smallest that holds it.
 */
export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly initialPages = 16;
  readonly maximumPages: number;
  readonly isShared: boolean;
  /** The whole memory, as numbers of each kind; replaced when it grows. */
  floats!: Float32Array;
  doubles!: Float64Array;
  ints!: Int32Array;
  bytes!: Uint8Array;
  /** Whether it may still be used. */
  isOpen = true;
  readonly #gaps: Gap[] = [];
  #usedBytes = 0;
  /** Where memory begins that was never in a block: it is zero, and takes no room of the machine yet. */
  #fresh = HEAP_ADDRESS;

  constructor({ isShared, maximumBytes }: HeapOptions) {
    this.isShared = isShared;
    this.maximumPages = Math.max(
      this.initialPages,
      Math.min(65536, Math.floor(maximumBytes / PAGE_BYTES)),
    );
    this.memory = new WebAssembly.Memory({
      initial: this.initialPages,
      maximum: this.maximumPages,
      shared: isShared,
    });
    this.#view();
    this.#free(HEAP_ADDRESS, this.bytes.length - MARGIN_BYTES - HEAP_ADDRESS);
  }

  /** Bytes in blocks. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /**
   * A block of at least `sizeBytes`, all zero.
   *
   * @returns Its address, a multiple of 64.
   * @throws {RangeError} If the memory can not grow so far; the message says what for.
   */
  allocate(sizeBytes: number, purpose: string): number {
    const blockBytes = blockSize(sizeBytes);
    const gap = this.#fit(blockBytes) ?? this.#grow(blockBytes, { sizeBytes, purpose });
    const { address } = gap;
    gap.address += blockBytes;
    gap.sizeBytes -= blockBytes;
    if (gap.sizeBytes === 0) this.#gaps.splice(this.#gaps.indexOf(gap), 1);
    this.#usedBytes += blockBytes;
    const end = address + blockBytes;
    this.bytes.fill(0, address, Math.min(end, Math.max(address, this.#fresh)));
    this.#fresh = Math.max(this.#fresh, end);
    return address;
  }

  /** Gives back a block that was allocated for `sizeBytes`. */
  release(address: number, sizeBytes: number): void {
    const blockBytes = blockSize(sizeBytes);
    this.#usedBytes -= blockBytes;
    this.#free(address, blockBytes);
  }

  /** Ends the heap; its memory goes when nobody holds it. */
  close(): void {
    this.isOpen = false;
    this.floats = new Float32Array(0);
    this.doubles = new Float64Array(0);
    this.ints = new Int32Array(0);
    this.bytes = new Uint8Array(0);
  }

  #fit(blockBytes: number): Gap | null {
    let best: Gap | null = null;
    for (const gap of this.#gaps) {
      if (gap.sizeBytes >= blockBytes && (best === null || gap.sizeBytes < best.sizeBytes)) {
        best = gap;
      }
    }
    return best;
  }

  #grow(blockBytes: number, request: { sizeBytes: number; purpose: string }): Gap {
    const end = this.bytes.length;
    const last = this.#gaps.at(-1);
    const isOpenEnded = last !== undefined &&
      last.address + last.sizeBytes === end - MARGIN_BYTES;
    const missingPages = Math.ceil((blockBytes - (isOpenEnded ? last.sizeBytes : 0)) / PAGE_BYTES);
    // By a quarter at least, so that growing is rare; by less where the limit is near.
    const wishedPages = Math.max(missingPages, Math.ceil(end / PAGE_BYTES / 4));
    const roomPages = this.maximumPages - end / PAGE_BYTES;
    try {
      if (missingPages > roomPages) throw new RangeError("the limit is reached");
      this.memory.grow(Math.min(wishedPages, roomPages));
    } catch (cause) {
      throw new RangeError(
        `Cannot allocate ${request.purpose} as ${request.sizeBytes} bytes must be free: ${this.#usedBytes} of at most ${
          this.maximumPages * PAGE_BYTES
        } are in use`,
        { cause },
      );
    }
    this.#view();
    this.#free(end - MARGIN_BYTES, this.bytes.length - end);
    return this.#gaps.at(-1)!;
  }

  /** Inserts a free stretch at its place, and joins it with its neighbours. */
  #free(address: number, sizeBytes: number): void {
    const gaps = this.#gaps;
    let [low, high] = [0, gaps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (gaps[middle]!.address < address) low = middle + 1;
      else high = middle;
    }
    const [before, after] = [gaps[low - 1], gaps[low]];
    const joinsBefore = before !== undefined && before.address + before.sizeBytes === address;
    const joinsAfter = after !== undefined && address + sizeBytes === after.address;
    if (joinsBefore && joinsAfter) {
      before.sizeBytes += sizeBytes + after.sizeBytes;
      gaps.splice(low, 1);
    } else if (joinsBefore) {
      before.sizeBytes += sizeBytes;
    } else if (joinsAfter) {
      after.address = address;
      after.sizeBytes += sizeBytes;
    } else {
      gaps.splice(low, 0, { address, sizeBytes });
    }
  }

  #view(): void {
    const { buffer } = this.memory;
    this.floats = new Float32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.ints = new Int32Array(buffer);
    this.bytes = new Uint8Array(buffer);
  }
}

function blockSize(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / LINE_BYTES)) * LINE_BYTES;
}
