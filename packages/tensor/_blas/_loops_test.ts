import type { Heap } from "../_cpu/heap.ts";
import type { Blas } from "./open_blas.ts";

/** What of a product a test looks at. */
export interface AskedProduct {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
}

/** Products in loops, in place of the library; `products` is what was asked for. */
export function loops(
  heap: Heap,
): Blas & { readonly products: AskedProduct[]; isOpen: boolean } {
  const blas = {
    description: "loops",
    products: [] as AskedProduct[],
    isOpen: true,
    source: { library: "none", name: "none", parameters: [] },
    origin: () => 0,
    // As cblas_sgemm.
    sgemm(
      _order = 0,
      transA = 0,
      transB = 0,
      m = 0,
      n = 0,
      k = 0,
      _alpha = 1,
      a = 0,
      lda = 0,
      b = 0,
      ldb = 0,
      beta = 0,
      c = 0,
      ldc = 0,
    ): void {
      const [transposeA, transposeB] = [transA === 112, transB === 112];
      blas.products.push({ m, n, k, transposeA });
      const { floats } = heap;
      for (let row = 0; row < m; row++) {
        for (let column = 0; column < n; column++) {
          const at = c / 4 + row * ldc + column;
          let sum = beta === 1 ? floats[at]! : 0;
          for (let inner = 0; inner < k; inner++) {
            sum += floats[a / 4 + (transposeA ? inner * lda + row : row * lda + inner)]! *
              floats[b / 4 + (transposeB ? column * ldb + inner : inner * ldb + column)]!;
          }
          floats[at] = sum;
        }
      }
    },
    close(): void {
      blas.isOpen = false;
    },
  };
  return blas;
}
