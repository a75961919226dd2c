import type { Heap } from "../_cpu/heap.ts";

/** Memory for the length of one op, with whatever is in it; kept for the next. */
export class Workspace {
  readonly #heap: Heap;
  #address = 0;
  #sizeBytes = 0;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** The address of so many bytes; what was taken before is given back. */
  take(sizeBytes: number): number {
    if (this.#sizeBytes < sizeBytes) {
      const address = this.#heap.allocate(sizeBytes, "the workspace of a kernel");
      if (this.#sizeBytes > 0) this.#heap.release(this.#address, this.#sizeBytes);
      [this.#address, this.#sizeBytes] = [address, sizeBytes];
    }
    return this.#address;
  }
}
