import { partBounds } from "../_cpu/parts.ts";
import type { BlasMachine, Finish, Product } from "./blas_machine.ts";

/** Products that are worth a thread of their own. */
const PRODUCTS_PER_PART = 1 << 19;

/** A product, cut along the longer side of its result among the threads. */
export function matmul(lent: BlasMachine, product: Product, finish: Finish): void {
  const { threads } = lent.machine;
  const { m, n, k } = product;
  const parts = m * n * k < threads.count * PRODUCTS_PER_PART ? 1 : threads.count;
  const cut = n >= m ? columnsOf : rowsOf;
  for (let part = parts - 1; part >= 0; part--) {
    const { bias } = finish;
    const [first, end] = [part, part + 1].map((at) => partBounds(at, parts, Math.max(m, n)));
    const own = cut(product, first!, end! - first!);
    if (own.m === 0 || own.n === 0) continue;
    lent.multiply(part, own);
    lent.finish(part, own, {
      ...finish,
      bias: bias === 0 || cut === rowsOf ? bias : bias + 4 * first!,
    });
  }
  threads.join();
}

function columnsOf(product: Product, first: number, n: number): Product {
  const { b, bStride, transposeB, c } = product;
  return { ...product, n, b: b + 4 * first * (transposeB ? bStride : 1), c: c + 4 * first };
}

function rowsOf(product: Product, first: number, m: number): Product {
  const { a, aStride, transposeA, c, cStride } = product;
  return {
    ...product,
    m,
    a: a + 4 * first * (transposeA ? 1 : aStride),
    c: c + 4 * first * cStride,
  };
}
