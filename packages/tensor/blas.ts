/**
 * The cpu backend with its large matrix products and convolutions by OpenBLAS, which uses instructions
 * that WebAssembly does not have. For Deno alone, with `--allow-ffi`, where the library is installed (on
 * Debian, `apt-get install libopenblas0`).
 *
 * The library works on the backend's own memory, so nothing is copied to it, and on the backend's own
 * threads: each asks for its part of a product, and the process's number of OpenBLAS's threads is set to
 * 1. Convolutions of one group become matrix products of the patches of a few images at a time. Small
 * products, groups, and ∂L/∂x at strides above 1 stay with the cpu backend, as does everything else.
 *
 * OpenBLAS may not know a processor that is younger than itself, and then uses a fraction of it; the
 * variable `OPENBLAS_CORETYPE` of the environment tells it which kernels to use, such as `HASWELL` (AVX2)
 * or `SKYLAKEX` (AVX-512).
 *
 * @example
 * ```ts
 * import { matmul, tensor } from "@gradus/tensor";
 * import { blas } from "@gradus/tensor/blas";
 * import { cpu } from "@gradus/tensor/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = await blas({ threads: 2 }).catch((error: Error) => {
 *   console.warn(error.message);
 *   return cpu({ threads: 2 });
 * });
 * const a = tensor(backend, [[1, 2], [3, 4]]);
 * assertEquals(await matmul(a, a).data(), new Float32Array([7, 10, 15, 22]));
 * await backend.close();
 * ```
 *
 * @module
 */

import { BlasMachine } from "./_blas/blas_machine.ts";
import { checkProducts } from "./_blas/check_products.ts";
import { lendProducts } from "./_blas/lend_products.ts";
import { openBlas } from "./_blas/open_blas.ts";
import { openMachine } from "./_cpu/open_machine.ts";
import { WasmBackend } from "./_cpu/wasm_backend.ts";
import type { CpuBackend, CpuOptions } from "./cpu.ts";

/** What {@linkcode blas} may be told: what `cpu` may, and where the library is. */
export interface BlasOptions extends CpuOptions {
  /** Name or path of OpenBLAS. Default: `libopenblas.so.0`, where the system looks for libraries. */
  readonly library?: string;
}

/**
 * Opens a cpu backend whose large matrix products and convolutions are computed by OpenBLAS, on the
 * backend's threads.
 *
 * @param options As for `cpu`, and where the library is.
 * @returns A backend of its own memory. `close()` ends its workers and gives the library back.
 * @throws {Error} If the program does not run in Deno or has no `--allow-ffi`, the library is not
 * installed, or it computes a product wrong, as one that was made for another processor may.
 * @throws {RangeError} As `cpu` does.
 * @throws {TypeError} As `cpu` does.
 *
 * @example
 * ```ts
 * import { blas } from "@gradus/tensor/blas";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(
 *   () => blas({ library: "./no_such_library.so" }),
 *   Error,
 *   "Cannot load OpenBLAS as ./no_such_library.so must be installed",
 * );
 * ```
 */
export async function blas(options: BlasOptions = {}): Promise<CpuBackend> {
  const { library = "libopenblas.so.0", ...cpuOptions } = options;
  const machine = await openMachine(cpuOptions);
  const loaded = openBlas(machine.heap, library);
  const lent = new BlasMachine(machine, loaded);
  const backend = lendProducts(new WasmBackend(machine), lent);
  try {
    checkProducts(lent);
    return backend;
  } catch (error) {
    await backend.close();
    throw error;
  }
}
