import {
  COPY_BYTES,
  FLOPS_PER_PASS,
  type MachineKernels,
  machineKernels,
} from "./machine_kernels.ts";

/** Bytes that `copyBlocks` takes in one go. */
const BLOCK_BYTES = 64;

/** Words that threads tell each other by. */
export const [TASK, PASSES, BYTES, DONE, WORDS] = [0, 1, 2, 3, 4];

/** The machine's best, on some threads at once. */
export class MachineThreads {
  readonly #count: number;
  readonly #kernels = machineKernels();
  readonly #words: Int32Array[];
  #task = 0;

  constructor(count: number) {
    this.#count = count;
    this.#words = Array.from({ length: count - 1 }, () => {
      const words = new Int32Array(new SharedArrayBuffer(4 * WORDS));
      const worker = new Worker(import.meta.resolve("./machine_worker.ts"), { type: "module" });
      worker.postMessage(words);
      return words;
    });
  }

  /** Does so many floating-point operations, shared by all threads. */
  multiply(flops: number): void {
    this.#run(Math.ceil(flops / FLOPS_PER_PASS / this.#count), 0);
  }

  /** Reads and writes so many bytes in all, half and half, shared by all threads. */
  copy(sizeBytes: number): void {
    this.#run(0, Math.ceil(sizeBytes / 2 / this.#count / BLOCK_BYTES) * BLOCK_BYTES);
  }

  #run(passes: number, sizeBytes: number): void {
    this.#task++;
    for (const words of this.#words) {
      words[PASSES] = passes;
      words[BYTES] = sizeBytes;
      Atomics.store(words, TASK, this.#task);
      Atomics.notify(words, TASK);
    }
    runTask(this.#kernels, passes, sizeBytes);
    for (const words of this.#words) {
      while (Atomics.load(words, DONE) !== this.#task) {
        Atomics.wait(words, DONE, this.#task - 1);
      }
    }
  }
}

/** A thread's share. */
export function runTask(kernels: MachineKernels, passes: number, sizeBytes: number): void {
  if (passes > 0) kernels.multiply(passes);
  for (let rest = sizeBytes; rest > 0; rest -= COPY_BYTES) {
    fasterCopy(kernels)(Math.min(rest, COPY_BYTES));
  }
}

let chosen: MachineKernels["copy"] | null = null;

/** The engine's own copy, or loads and stores: whichever is faster here. */
function fasterCopy(kernels: MachineKernels): MachineKernels["copy"] {
  if (chosen !== null) return chosen;
  kernels.touch();
  const durations = [kernels.copy, kernels.copyBlocks].map((copy) => {
    copy(COPY_BYTES); // lets the compiler come
    copy(COPY_BYTES);
    const trials = Array.from({ length: 5 }, () => {
      const startMs = performance.now();
      copy(COPY_BYTES);
      return performance.now() - startMs;
    });
    return Math.min(...trials);
  });
  return chosen = durations[0]! <= durations[1]! ? kernels.copy : kernels.copyBlocks;
}
