import type { Heap } from "./heap.ts";

/** How many tables are kept: a network has two or three for each convolution and pooling. */
const KEPT = 256;

/** A table in memory, and what its maker remembers with it. */
export interface Table<Plan> {
  readonly address: number;
  readonly plan: Plan;
}

/**
 * Tables of integers in memory, for kernels: made once for a key, and given back when many others were
 * asked for since. A table is valid until the op that asked for it ends.
 */
export class Tables {
  readonly #heap: Heap;
  // In the order of their last use.
  readonly #tables = new Map<string, Table<unknown> & { sizeBytes: number }>();

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** The table of a key; `make` is asked the first time. A key belongs to one maker. */
  take<Plan>(key: string, make: () => { words: readonly number[]; plan: Plan }): Table<Plan> {
    let table = this.#tables.get(key);
    if (table === undefined) {
      if (this.#tables.size === KEPT) this.#dropOldest();
      const { words, plan } = make();
      const sizeBytes = 4 * words.length;
      const address = this.#heap.allocate(sizeBytes, "a table of a kernel");
      this.#heap.ints.set(words, address / 4);
      table = { address, plan, sizeBytes };
    } else {
      this.#tables.delete(key);
    }
    this.#tables.set(key, table);
    return table as Table<Plan>;
  }

  #dropOldest(): void {
    const [key, { address, sizeBytes }] = this.#tables.entries().next().value!;
    this.#heap.release(address, sizeBytes);
    this.#tables.delete(key);
  }
}
