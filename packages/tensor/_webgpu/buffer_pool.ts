import { USAGE } from "./constants.ts";
import type { Failures } from "./failures.ts";
import { WebGpuError } from "./web_gpu_error.ts";

/** Memory of the device. Storages take blocks and give them back; the buffer stays the same. */
export interface Block {
  readonly buffer: GPUBuffer;
  readonly sizeBytes: number;
  /** Its number, for the cache of bind groups. */
  readonly id: number;
  /** Number of the last submission whose commands use it. */
  submission: number;
  /** Whether it was used before, and holds whatever numbers. */
  isUsed: boolean;
}

/**
 * Bytes of the smallest block that holds `sizeBytes`: classes are an eighth of a power of two apart, so
 * that at most an eighth is wasted, and a little more or less finds the same blocks.
 */
export function classBytes(sizeBytes: number): number {
  const power = 2 ** Math.floor(Math.log2(Math.max(sizeBytes, 1)));
  const step = Math.max(256, power / 8);
  return Math.ceil(Math.max(sizeBytes, 1) / step) * step;
}

/** Blocks that were given back, for whoever needs one of their size next; the oldest go when there are too many. */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #failures: Failures;
  readonly #maximumBytes: number;
  readonly #usage: number;
  readonly #isInFlight: (block: Block) => boolean;
  /** By their size; a map keeps its keys in order, so the oldest size comes first. */
  readonly #free = new Map<number, Block[]>();
  readonly #all = new Set<Block>();
  /** To be destroyed once the commands that use them are submitted. */
  #doomed: Block[] = [];
  #onDestroy: (block: Block) => void = () => {};
  #pooledBytes = 0;
  #created = 0;

  constructor(device: GPUDevice, options: {
    readonly failures: Failures;
    readonly maximumBytes: number;
    readonly usage?: number;
    /** Whether commands that were not submitted yet use a block. */
    readonly isInFlight: (block: Block) => boolean;
  }) {
    this.#device = device;
    this.#failures = options.failures;
    this.#maximumBytes = options.maximumBytes;
    this.#usage = options.usage ?? USAGE.storage | USAGE.copySource | USAGE.copyTarget;
    this.#isInFlight = options.isInFlight;
  }

  /** Bytes that wait to be taken. */
  get pooledBytes(): number {
    return this.#pooledBytes;
  }

  /** Buffers created since the start. */
  get created(): number {
    return this.#created;
  }

  /** What to call before a block's buffer is destroyed. */
  set onDestroy(act: (block: Block) => void) {
    this.#onDestroy = act;
  }

  /** A block of at least so many bytes, at most of `limitBytes`: zeros, unless it `isUsed`. */
  take(
    sizeBytes: number,
    options: { readonly limitBytes: number; readonly purpose: string },
  ): Block {
    const wishedBytes = Math.min(classBytes(sizeBytes), options.limitBytes);
    const block = this.#free.get(wishedBytes)?.pop();
    if (block !== undefined) {
      this.#pooledBytes -= block.sizeBytes;
      return block;
    }
    return this.#create(wishedBytes, options.purpose);
  }

  give(block: Block): void {
    block.isUsed = true;
    this.#pooledBytes += block.sizeBytes;
    const same = this.#free.get(block.sizeBytes) ?? [];
    // What was given back last is what will be asked for longest.
    this.#free.delete(block.sizeBytes);
    this.#free.set(block.sizeBytes, same);
    same.push(block);
    this.#shrink();
  }

  /** Destroys what waited for its last commands to be submitted. */
  sweep(): void {
    for (const block of this.#doomed) this.#destroy(block);
    this.#doomed = [];
  }

  /** Destroys all blocks, taken ones too. */
  close(): void {
    for (const { buffer } of this.#all) buffer.destroy();
    this.#all.clear();
    this.#free.clear();
    this.#doomed = [];
    this.#pooledBytes = 0;
  }

  #create(sizeBytes: number, purpose: string): Block {
    const buffer = this.#failures.guard(
      ["out-of-memory", "validation"],
      () => this.#device.createBuffer({ size: sizeBytes, usage: this.#usage, label: purpose }),
      (message) =>
        new WebGpuError(
          "out-of-memory",
          `Cannot allocate ${purpose} as ${sizeBytes} bytes must be free on the device: found ${message}`,
        ),
    );
    const block = { buffer, sizeBytes, id: ++this.#created, submission: -1, isUsed: false };
    this.#all.add(block);
    return block;
  }

  #shrink(): void {
    for (const [sizeBytes, blocks] of this.#free) {
      while (this.#pooledBytes > this.#maximumBytes && blocks.length > 0) {
        const block = blocks.shift()!;
        this.#pooledBytes -= sizeBytes;
        // A buffer that unsubmitted commands use must live until they are submitted.
        if (this.#isInFlight(block)) this.#doomed.push(block);
        else this.#destroy(block);
      }
      if (blocks.length === 0) this.#free.delete(sizeBytes);
    }
  }

  #destroy(block: Block): void {
    this.#onDestroy(block);
    this.#all.delete(block);
    block.buffer.destroy();
  }
}
