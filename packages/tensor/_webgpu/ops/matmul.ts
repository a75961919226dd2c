import type { Epilogue, Operand } from "../../backend.ts";
import { addPartsRun } from "../kernels/add_parts.ts";
import { PLAIN, type Store } from "../kernels/epilogue.ts";
import { matmulRun } from "../kernels/matmul.ts";
import type { Machine } from "../machine.ts";
import { planProduct } from "./product_plan.ts";

export function matmul(
  machine: Machine,
  a: Operand,
  b: Operand,
  options: Epilogue & {
    readonly transposeA?: boolean;
    readonly transposeB?: boolean;
    readonly accumulate?: boolean;
  },
  out: Operand,
): void {
  const { transposeA = false, transposeB = false, accumulate = false } = options;
  const { bias = null, activation = null } = options;
  const [m, n] = out.shape as [number, number];
  const k = a.shape[transposeA ? 0 : 1]!;
  const product = { m, k, n, transposeA, transposeB };
  const isVector = n % 4 === 0;
  const store: Store = { isVector, accumulate, hasBias: bias !== null, activation };
  const { tile, parts, partLength } = planProduct(machine.family, product);
  if (parts === 1) {
    machine.run(matmulRun({ a, b, bias, out }, product, { tile, store, parts, partLength }));
    return;
  }
  const sums = machine.workspace(0, parts * m * n);
  const plain = { ...PLAIN, isVector };
  machine.run(
    matmulRun({ a, b, bias, out: sums }, product, { tile, store: plain, parts, partLength }),
  );
  machine.run(addPartsRun({ parts: sums, bias, out }, { count: parts, n, store }));
}
