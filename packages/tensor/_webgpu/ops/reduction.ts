import type { Operand, ReduceOp } from "../../backend.ts";
import { type Shape, sizeOf, stridesOf } from "../../shape.ts";
import { argReduceRun } from "../kernels/arg_reduce.ts";
import { foldRun, type FoldShape } from "../kernels/fold.ts";
import type { Machine } from "../machine.ts";
import { copy } from "./elementwise.ts";

/** Numbers that one invocation folds before it is worth a second pass. */
const LONGEST_FOLD = 256;

/** Invocations that keep a device busy. */
const ENOUGH_INVOCATIONS = 16_384;

export function reduce(
  machine: Machine,
  op: ReduceOp,
  x: Operand,
  axes: readonly number[],
  out: Operand,
): void {
  const passes = planPasses(x.shape, axes);
  if (passes.length === 0) return copy(machine, x, out);
  const divisor = sizeOf(x.shape) / sizeOf(out.shape);
  let from = x;
  passes.forEach((shape, at) => {
    const isLast = at === passes.length - 1;
    const to = isLast ? out : machine.workspace(at % 2, shape.outer * shape.parts * shape.inner);
    machine.run(
      foldRun(op === "mean" && !isLast ? "sum" : op, { x: from, out: to, divisor }, shape),
    );
    from = to;
  });
}

/** One pass for each run of neighbouring axes that are folded, the last first; more for a long one. */
function planPasses(shape: Shape, axes: readonly number[]): FoldShape[] {
  const runs: { length: number; isFolded: boolean }[] = [];
  shape.forEach((length, axis) => {
    if (length === 1) return;
    const isFolded = axes.includes(axis);
    const last = runs.at(-1);
    if (last?.isFolded === isFolded) last.length *= length;
    else runs.push({ length, isFolded });
  });
  const passes: FoldShape[] = [];
  for (let at = runs.length - 1; at >= 0; at--) {
    if (!runs[at]!.isFolded) continue;
    const outer = runs.slice(0, at).reduce((size, { length }) => size * length, 1);
    const inner = runs.slice(at + 1).reduce(
      (size, { length, isFolded }) => isFolded ? size : size * length,
      1,
    );
    let { length } = runs[at]!;
    while (length > 1) {
      const parts = partsOf(length, outer * inner);
      passes.push({ outer, length, inner, parts });
      length = parts;
    }
  }
  return passes;
}

/** How many parts a fold is cut into: 1 where it is short, or where there are folds enough. */
function partsOf(length: number, folds: number): number {
  if (length <= LONGEST_FOLD) return 1;
  const wished = Math.min(Math.ceil(length / 16), Math.ceil(ENOUGH_INVOCATIONS / folds));
  return Math.min(wished, LONGEST_FOLD);
}

export function argReduce(
  machine: Machine,
  op: "argmax" | "argmin",
  x: Operand,
  axis: number,
  out: Operand,
): void {
  const [length, stride] = [x.shape[axis]!, stridesOf(x.shape)[axis]!];
  machine.run(argReduceRun(op, { x, out }, { length, stride }));
}
