import type { CpuOptions } from "../cpu.ts";
import { Heap } from "./heap.ts";
import { addKernels } from "./kernels.ts";
import { Library } from "./library.ts";
import { Machine } from "./machine.ts";
import { hasRelaxedSimd } from "./relaxed_simd.ts";
import { Threads } from "./threads.ts";

/** The most threads that are taken unasked: beyond, memory is what they wait for. */
const MOST_THREADS = 16;

/**
 * Checks the options of {@linkcode cpu}, and makes memory, threads and kernels of them.
 *
 * @throws {RangeError} As `cpu` does.
 * @throws {TypeError} As `cpu` does.
 */
export async function openMachine(options: CpuOptions): Promise<Machine> {
  const canShare = typeof SharedArrayBuffer !== "undefined";
  const threads = options.threads ??
    (canShare && options.shared !== false ? Math.min(MOST_THREADS, await countCores()) : 1);
  const isShared = options.shared ?? threads > 1;
  if (!Number.isInteger(threads) || threads < 1 || threads > 64) {
    throw new RangeError(
      `Cannot open the cpu backend as threads must be a whole number from 1 to 64: found ${threads}`,
    );
  }
  if (threads > 1 && !(isShared && canShare)) {
    throw new RangeError(
      `Cannot open the cpu backend on ${threads} threads as its memory must be shared: found ${
        canShare ? "shared: false" : "no SharedArrayBuffer"
      }`,
    );
  }
  const simd = options.simd ?? (hasRelaxedSimd() ? "relaxed" : "plain");
  if (simd === "relaxed" && !hasRelaxedSimd()) {
    throw new TypeError(
      "Cannot open the cpu backend with relaxed SIMD as the engine must have it: found plain SIMD",
    );
  }
  const heap = new Heap({ isShared, maximumBytes: options.maximumBytes ?? 2 ** 32 });
  const library = new Library(heap);
  const { kernels, tileRows } = addKernels(library, simd);
  const workers = new Threads(heap, { library, count: threads, patienceMs: 60_000 });
  return new Machine({ heap, library, threads: workers, kernels, tileRows, simd });
}

async function countCores(): Promise<number> {
  if (typeof navigator !== "undefined") return navigator.hardwareConcurrency ?? 1;
  // Node 20 has no navigator.
  const { availableParallelism } = await import("node:os");
  return availableParallelism();
}
