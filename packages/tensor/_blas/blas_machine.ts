import type { Machine } from "../_cpu/machine.ts";
import { addLentKernels, type LentKernels } from "./kernels.ts";
import type { Blas } from "./open_blas.ts";

// Constants of cblas.h.
const ROW_MAJOR = 101;
const NOT_TRANSPOSED = 111;
const TRANSPOSED = 112;

/** `c [m, n] = a [m, k] · b [k, n]`, of matrices in the heap; a stride is from row to row, in numbers. */
export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Byte address; stored `[k, m]` where transposed. */
  readonly a: number;
  readonly aStride: number;
  readonly transposeA: boolean;
  /** Byte address; stored `[n, k]` where transposed. */
  readonly b: number;
  readonly bStride: number;
  readonly transposeB: boolean;
  /** Byte address. */
  readonly c: number;
  readonly cStride: number;
  /** Whether the product is added to `c`. */
  readonly accumulate: boolean;
}

/** What is done to the rows of a result: the bias, 0 for none, is added, then relu taken. */
export interface Finish {
  readonly bias: number;
  readonly relu: boolean;
}

/** A machine that has OpenBLAS's product among its kernels. */
export class BlasMachine {
  readonly machine: Machine;
  readonly blas: Blas;
  readonly kernels: LentKernels;
  readonly #sgemm: number;

  constructor(machine: Machine, blas: Blas) {
    this.machine = machine;
    this.blas = blas;
    this.#sgemm = machine.library.addNative(blas.sgemm, blas.source);
    this.kernels = addLentKernels(machine.library);
  }

  /** Has a part compute a product. */
  multiply(part: number, p: Product): void {
    const origin = this.blas.origin();
    this.machine.threads.call(
      part,
      this.#sgemm,
      ROW_MAJOR,
      p.transposeA ? TRANSPOSED : NOT_TRANSPOSED,
      p.transposeB ? TRANSPOSED : NOT_TRANSPOSED,
      p.m,
      p.n,
      p.k,
      1,
      origin + p.a,
      p.aStride,
      origin + p.b,
      p.bStride,
      p.accumulate ? 1 : 0,
      origin + p.c,
      p.cStride,
    );
  }

  /** Has a part finish the rows of a product. */
  finish(
    part: number,
    { m, n, c, cStride }: Pick<Product, "m" | "n" | "c" | "cStride">,
    { bias, relu }: Finish,
  ): void {
    if (bias === 0 && !relu) return;
    const { threads } = this.machine;
    threads.call(part, this.kernels.finishRows, c, 4 * cStride, m, n, bias, relu ? 1 : 0);
  }
}
