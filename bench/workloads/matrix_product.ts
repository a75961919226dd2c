import { matmul, Tensor, tensor } from "@gradus/tensor";
import { filled } from "./filled.ts";
import type { Workload } from "./workload.ts";

/** Small products are done so many times in a run that reading the result costs nothing beside them. */
const SMALLEST_FLOPS = 2e9;

/**
 * W1: the product of two square matrices.
 *
 * @param size Rows and columns of each.
 * @returns The workload; its amount is rows of the left matrix, over all products of a run.
 */
export function matrixProduct(size: number): Workload {
  const products = Math.ceil(SMALLEST_FLOPS / (2 * size ** 3));
  return {
    name: `W1-${size}`,
    title: `matrix product ${size} × ${size} × ${size}`,
    unit: "GFLOP/s",
    amount: products * size,
    checkAmount: Math.min(size, 100),
    longestSum: size,
    cost: (rows) => ({ flops: 2 * rows * size * size, bytes: 0 }),
    setup(backend, amount) {
      const rows = Math.min(size, amount);
      const times = Math.ceil(amount / rows);
      const a = tensor(backend, filled(rows * size, { seed: 0 }), { shape: [rows, size] });
      const b = tensor(backend, filled(size * size, { seed: 1 }), { shape: [size, size] });
      const c = new Tensor(backend, [rows, size]);
      return {
        outputs: [c],
        run: async () => {
          for (let time = 0; time < times; time++) matmul(a, b, { out: c });
          return (await backend.read(c.storage, 0, 1))[0]!;
        },
      };
    },
  };
}
