import type { Backend } from "@gradus/tensor";
import { UsageError } from "./usage_error.ts";

/** The backends that a program may be asked to use. */
export const BACKENDS = ["cpu", "webgpu", "webgpu-float16", "blas", "reference"] as const;

/** The name of a backend on a command line. */
export type BackendName = typeof BACKENDS[number];

/**
 * Opens a backend by its name, loading nothing of the others.
 *
 * @param name Which one.
 * @returns The backend; close it when done.
 * @throws {UsageError} If the library of `blas` is not installed, or the program has no `--allow-ffi`; if
 * there is no adapter for `webgpu`, or none with `shader-f16` for `webgpu-float16`.
 *
 * @example
 * ```ts
 * import { openBackend } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = await openBackend("reference");
 * assertEquals(backend.name, "reference");
 * await backend.close();
 * ```
 */
export async function openBackend(name: BackendName): Promise<Backend> {
  switch (name) {
    case "cpu":
      return await (await import("@gradus/tensor/cpu")).cpu();
    case "blas":
      return await asked((await import("@gradus/tensor/blas")).blas);
    case "webgpu":
      return await asked((await import("@gradus/tensor/webgpu")).webGpu);
    case "webgpu-float16": {
      const { webGpu } = await import("@gradus/tensor/webgpu");
      return await asked(() => webGpu({ activations: "float16" }));
    }
    case "reference":
      return (await import("@gradus/tensor/reference")).reference();
  }
}

/** Opens what a machine may lack; then it was the user who asked for it. */
async function asked(open: () => Promise<Backend>): Promise<Backend> {
  try {
    return await open();
  } catch (cause) {
    throw cause instanceof Error ? new UsageError(cause.message, { cause }) : cause;
  }
}
