import type { Operand, ReduceOp } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { Folds } from "../kernels/reductions.ts";
import type { Machine } from "../machine.ts";
import { partOfTiles } from "../parts.ts";
import { addressOf } from "../storage.ts";

export function reduce(
  machine: Machine,
  op: ReduceOp,
  { x, axes, out }: { x: Operand; axes: readonly number[]; out: Operand },
): void {
  const { reductions } = machine.kernels;
  const folds = op === "mean" ? reductions.sum : reductions[op];
  const divisor = op === "mean" ? sizeOf(x.shape) / sizeOf(out.shape) : 1;
  const runs = mergedRuns(x.shape, axes);
  let from = addressOf(x);
  let spare = 0;
  // Each pass folds the last run of axes; all but the last pass write to a workspace.
  for (let left = runs.filter((run) => run.isFolded).length; left > 1; left--) {
    const pass = lastFold(runs);
    const to = spare === 0 ? machine.scratch(0, 8 * pass.outer * pass.inner) : spare;
    spare = spare === 0 ? to + 4 * pass.outer * pass.inner : 0;
    fold(machine, folds, { ...pass, from, to, divisor: 1 });
    from = to;
  }
  fold(machine, folds, { ...lastFold(runs), from, to: addressOf(out), divisor });
}

/** Neighbouring axes that are all folded, or all kept. */
interface Run {
  length: number;
  readonly isFolded: boolean;
}

function mergedRuns(shape: readonly number[], axes: readonly number[]): Run[] {
  const runs: Run[] = [];
  shape.forEach((length, axis) => {
    const isFolded = axes.includes(axis);
    const last = runs.at(-1);
    if (last?.isFolded === isFolded) last.length *= length;
    else runs.push({ length, isFolded });
  });
  return runs;
}

/** `[outer, folded, inner]`. */
interface Pass {
  readonly outer: number;
  readonly folded: number;
  readonly inner: number;
}

/** Takes the last folded run out; without any, a fold over one number. */
function lastFold(runs: Run[]): Pass {
  const at = runs.findLastIndex((run) => run.isFolded);
  const product = (some: readonly Run[]) => some.reduce((size, run) => size * run.length, 1);
  if (at < 0) return { outer: product(runs), folded: 1, inner: 1 };
  const pass = {
    outer: product(runs.slice(0, at)),
    folded: runs[at]!.length,
    inner: product(runs.slice(at + 1)),
  };
  runs.splice(at, 1);
  return pass;
}

function fold(
  machine: Machine,
  folds: Folds,
  { outer, folded, inner, from, to, divisor }: Pass & { from: number; to: number; divisor: number },
): void {
  const { threads } = machine;
  const parts = machine.partsFor(outer * folded * inner);
  for (let part = parts - 1; part >= 0; part--) {
    if (inner === 1) {
      const first = partOfTiles(part, parts, { count: outer, tile: 1 });
      const rows = partOfTiles(part + 1, parts, { count: outer, tile: 1 }) - first;
      const row = from + 4 * first * folded;
      threads.call(part, folds.rows, row, rows, folded, 4 * folded, to + 4 * first, divisor);
    } else {
      const first = partOfTiles(part, parts, { count: inner, tile: 16 });
      const columns = partOfTiles(part + 1, parts, { count: inner, tile: 16 }) - first;
      for (let table = 0; table < outer; table++) {
        const column = from + 4 * (table * folded * inner + first);
        const result = to + 4 * (table * inner + first);
        threads.call(part, folds.columns, column, folded, columns, 4 * inner, result, divisor);
      }
    }
  }
  threads.join();
}
