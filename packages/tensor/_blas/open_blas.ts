import type { Heap } from "../_cpu/heap.ts";

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

// Constants of cblas.h.
const ROW_MAJOR = 101;
const NOT_TRANSPOSED = 111;
const TRANSPOSED = 112;

/** `c [m, n] = a [m, k] · b [k, n]`, of matrices in the heap. */
export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Byte address in the heap; stored `[k, m]` where transposed. */
  readonly a: number;
  readonly transposeA: boolean;
  /** Byte address in the heap; stored `[n, k]` where transposed. */
  readonly b: number;
  readonly transposeB: boolean;
  /** Byte address in the heap. */
  readonly c: number;
  /** Whether the product is added to `c`. */
  readonly accumulate: boolean;
  /** Threads of the library that compute it. */
  readonly threads: number;
}

/** OpenBLAS, on the memory of a backend. */
export interface Blas {
  /** Says version and processor, as OpenBLAS does. */
  readonly description: string;
  /** Computes a product; it is done when this returns. */
  multiply(product: Product): void;
  /** Gives the library back. */
  close(): void;
}

/** Loads OpenBLAS. */
export function openBlas(heap: Heap, library: string): Blas {
  const loaded = load(library);
  const { cblas_sgemm, openblas_set_num_threads, openblas_get_config } = loaded.symbols;
  let bytes: Uint8Array | null = null;
  let origin = 0;
  return {
    description: Deno.UnsafePointerView.getCString(openblas_get_config()!),
    multiply({ m, n, k, a, transposeA, b, transposeB, c, accumulate, threads }) {
      if (heap.bytes !== bytes) {
        // The memory has grown, and may have moved.
        bytes = heap.bytes;
        origin = Number(
          Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes as Uint8Array<ArrayBuffer>)),
        );
      }
      // The number belongs to the process, in which there may be other backends.
      openblas_set_num_threads(threads);
      cblas_sgemm(
        ROW_MAJOR,
        transposeA ? TRANSPOSED : NOT_TRANSPOSED,
        transposeB ? TRANSPOSED : NOT_TRANSPOSED,
        m,
        n,
        k,
        1,
        BigInt(origin + a),
        transposeA ? m : k,
        BigInt(origin + b),
        transposeB ? k : n,
        accumulate ? 1 : 0,
        BigInt(origin + c),
        n,
      );
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
