/**
 * The backend for every machine: WebAssembly SIMD kernels on worker threads, in Deno, Node and browsers,
 * with nothing to install. Its numbers are float32.
 *
 * The kernels are wasm bytes that TypeScript writes when the backend opens. All tensors lie in one
 * memory; where it can be shared (`SharedArrayBuffer`; in a browser that takes cross-origin isolation),
 * large kernels run on several threads. Same seed and same number of threads: same bytes.
 *
 * @example
 * ```ts
 * import { matmul, tensor } from "@gradus/tensor";
 * import { cpu } from "@gradus/tensor/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = await cpu({ threads: 2 });
 * const a = tensor(backend, [[1, 2], [3, 4]]);
 * assertEquals(await matmul(a, a).data(), new Float32Array([7, 10, 15, 22]));
 * await backend.close();
 * ```
 *
 * @module
 */

import type { Simd } from "./_cpu/kernels.ts";
import { openMachine } from "./_cpu/open_machine.ts";
import { WasmBackend } from "./_cpu/wasm_backend.ts";
import type { Backend } from "./backend.ts";

/** What {@linkcode cpu} may be told. */
export interface CpuOptions {
  /**
   * Threads for large kernels, from 1 to 64. Default: as many as the machine has cores, at most 16; 1
   * where memory can not be shared.
   */
  readonly threads?: number;
  /**
   * Instructions of the kernels: `relaxed` multiplies and adds in one, `plain` runs everywhere. Default:
   * `relaxed` where the engine has it.
   */
  readonly simd?: Simd;
  /**
   * Whether the memory is shared, without which there is one thread. Default: true if `threads` is above
   * 1.
   */
  readonly shared?: boolean;
  /** The most bytes that the memory may grow to, at most 2³². Default: 2³². */
  readonly maximumBytes?: number;
}

export type { Simd };

/** The backend that {@linkcode cpu} opens. */
export interface CpuBackend extends Backend {
  /** Threads that large kernels run on. */
  readonly threads: number;
  /** Instructions that the kernels are made of. */
  readonly simd: Simd;
}

/**
 * Opens a backend on the machine's processor.
 *
 * @param options Threads, instructions and memory; the defaults suit nearly always.
 * @returns A backend of its own memory. `close()` ends its workers; a program ends without it too.
 * @throws {RangeError} If `threads` is not a whole number from 1 to 64, or is above 1 where memory can not
 * be shared, or the memory can not be reserved.
 * @throws {TypeError} If `simd` is `relaxed` and the engine does not have it.
 *
 * @example
 * ```ts
 * import { add, tensor } from "@gradus/tensor";
 * import { cpu } from "@gradus/tensor/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = await cpu({ threads: 1 });
 * assertEquals(backend.threads, 1);
 * assertEquals(await add(tensor(backend, [1, 2]), 1).data(), new Float32Array([2, 3]));
 * await backend.close();
 * ```
 */
export async function cpu(options: CpuOptions = {}): Promise<CpuBackend> {
  return new WasmBackend(await openMachine(options));
}
