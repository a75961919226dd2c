import type { Block, BufferPool } from "./buffer_pool.ts";
import { MAP_READ } from "./constants.ts";

/** A copy of memory on its way to the host. */
export interface ReadBack {
  readonly block: Block;
  readonly sizeBytes: number;
}

/** Memory that the host can map, taken for each read and given back after it: reads overlap. */
export class ReadBacks {
  readonly #pool: BufferPool;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  take(sizeBytes: number): ReadBack {
    const purpose = "what is read from the device";
    return { block: this.#pool.take(sizeBytes, { limitBytes: Infinity, purpose }), sizeBytes };
  }

  give({ block }: ReadBack): void {
    this.#pool.give(block);
  }

  /** Waits for the copy to be there, and returns its bytes. */
  async deliver({ block: { buffer }, sizeBytes }: ReadBack): Promise<ArrayBuffer> {
    await buffer.mapAsync(MAP_READ, 0, sizeBytes);
    const bytes = buffer.getMappedRange(0, sizeBytes).slice(0);
    buffer.unmap();
    return bytes;
  }
}
