import type { Heap } from "../_cpu/heap.ts";
import type { Blas, Product } from "./open_blas.ts";

/** Products in loops, in place of the library; `products` is what was asked for. */
export function loops(heap: Heap): Blas & { readonly products: Product[]; isOpen: boolean } {
  const blas = {
    description: "loops",
    products: [] as Product[],
    isOpen: true,
    multiply(product: Product): void {
      blas.products.push(product);
      const { m, n, k, transposeA, transposeB, accumulate } = product;
      const [a, b, c] = [product.a / 4, product.b / 4, product.c / 4];
      const { floats } = heap;
      for (let row = 0; row < m; row++) {
        for (let column = 0; column < n; column++) {
          let sum = accumulate ? floats[c + row * n + column]! : 0;
          for (let inner = 0; inner < k; inner++) {
            sum += floats[a + (transposeA ? inner * m + row : row * k + inner)]! *
              floats[b + (transposeB ? column * k + inner : inner * n + column)]!;
          }
          floats[c + row * n + column] = sum;
        }
      }
    },
    close(): void {
      blas.isOpen = false;
    },
  };
  return blas;
}
