import type { Heap } from "../_cpu/heap.ts";
import type { Kernel, NativeFunction } from "../_cpu/library.ts";

/** The functions of OpenBLAS that are used. */
const SYMBOLS = {
  cblas_sgemm: {
    parameters: [
      "i32", // order
      "i32", // transposes
      "i32",
      "i32", // m, n, k
      "i32",
      "i32",
      "f32", // alpha
      "usize", // a and the length of its rows
      "i32",
      "usize", // b
      "i32",
      "f32", // beta
      "usize", // c
      "i32",
    ],
    result: "void",
  },
  openblas_set_num_threads: { parameters: ["i32"], result: "void" },
  openblas_get_config: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** OpenBLAS, beside the memory of a backend. */
export interface Blas {
  /** Says version and processor, as OpenBLAS does. */
  readonly description: string;
  /** `cblas_sgemm`, of addresses in the process. */
  readonly sgemm: Kernel;
  /** Where workers find `sgemm`. */
  readonly source: NativeFunction;
  /** Address in the process of the memory's first byte. */
  origin(): number;
  /** Gives the library back. */
  close(): void;
}

/**
 * Loads OpenBLAS, and tells it to compute a product on the thread that asks for it: the backend's own
 * threads ask for a part each.
 */
export function openBlas(heap: Heap, library: string): Blas {
  const loaded = load(library);
  const { cblas_sgemm, openblas_set_num_threads, openblas_get_config } = loaded.symbols;
  openblas_set_num_threads(1);
  let bytes: Uint8Array | null = null;
  let origin = 0;
  return {
    description: Deno.UnsafePointerView.getCString(openblas_get_config()!),
    // An address may be a number, which the types do not say.
    sgemm: cblas_sgemm as unknown as Kernel,
    source: { library, name: "cblas_sgemm", parameters: SYMBOLS.cblas_sgemm.parameters },
    origin() {
      if (heap.bytes !== bytes) {
        // The memory has grown, and may have moved.
        bytes = heap.bytes;
        const pointer = Deno.UnsafePointer.of(bytes as Uint8Array<ArrayBuffer>);
        origin = Number(Deno.UnsafePointer.value(pointer));
      }
      return origin;
    },
    close: () => loaded.close(),
  };
}

function load(library: string): Deno.DynamicLibrary<typeof SYMBOLS> {
  if (typeof Deno === "undefined") {
    throw new Error("Cannot load OpenBLAS as the program must run in Deno: found no Deno");
  }
  try {
    return Deno.dlopen(library, SYMBOLS);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) {
      throw new Error(
        "Cannot load OpenBLAS as the program must be allowed to load libraries: found no --allow-ffi",
        { cause },
      );
    }
    const reason = cause instanceof Error ? cause.message : cause;
    throw new Error(
      `Cannot load OpenBLAS as ${library} must be installed (on Debian: apt-get install libopenblas0): ${reason}`,
      { cause },
    );
  }
}
