import type { Operand, ReduceOp } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import { type Folds, WIDE_BYTES } from "../kernels/reductions.ts";
import type { Machine } from "../machine.ts";
import { partBounds, partOfTiles } from "../parts.ts";
import { addressOf } from "../storage.ts";
import { forEachImage } from "./framed_images.ts";

/**
 * Columns whose accumulators, of 8 bytes, stay in the caches of a core. The longer the stretches, the
 * better the processor fetches ahead: from 2,048 to 4,096 columns it is a fifth faster.
 */
const STRIP = 4096;

/** What the workspace is for. */
const SUMS = "the partial results of a reduction";

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
    const size = pass.outer * pass.inner;
    const to = spare === 0 ? machine.scratch(machine.threads.count, 8 * size, SUMS) : spare;
    spare = spare === 0 ? to + 4 * size : 0;
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

type PlacedPass = Pass & { readonly from: number; readonly to: number; readonly divisor: number };

function fold(machine: Machine, folds: Folds, pass: PlacedPass): void {
  const { outer, folded, inner } = pass;
  const parts = machine.partsFor(outer * folded * inner);
  if (outer >= parts) return foldTables(machine, folds, { ...pass, parts });
  for (let table = 0; table < outer; table++) {
    const from = pass.from + 4 * table * folded * inner;
    const to = pass.to + 4 * table * inner;
    const one = { ...pass, outer: 1, from, to, parts };
    if (inner === 1) foldStretches(machine, folds, one);
    else if (inner > folded) foldColumns(machine, folds, one);
    else foldRows(machine, folds, one);
  }
}

type CutPass = PlacedPass & { readonly parts: number };

/** Each part folds tables of its own. */
function foldTables(
  machine: Machine,
  folds: Folds,
  { outer, folded, inner, from, to, divisor, parts }: CutPass,
): void {
  const { threads } = machine;
  if (inner === 1) {
    for (let part = parts - 1; part >= 0; part--) {
      const first = partOfTiles(part, parts, { count: outer, tile: 1 });
      const count = partOfTiles(part + 1, parts, { count: outer, tile: 1 }) - first;
      const row = from + 4 * first * folded;
      threads.call(part, folds.rows, row, count, folded, to + 4 * first, divisor);
    }
  } else {
    forEachImage(outer, parts, (part, table) => {
      foldMatrix(machine, folds, part, {
        from: from + 4 * table * folded * inner,
        rows: folded,
        columns: inner,
        stride: 4 * inner,
        to: to + 4 * table * inner,
        divisor,
      });
    });
  }
  threads.join();
}

interface Matrix {
  readonly from: number;
  readonly rows: number;
  readonly columns: number;
  /** Bytes from row to row. */
  readonly stride: number;
  readonly to: number;
  readonly divisor: number;
}

/** Has a part fold the rows of a matrix into one, by strips of columns whose accumulators stay in the cache. */
function foldMatrix(
  machine: Machine,
  folds: Folds,
  part: number,
  { from, rows, columns, stride, to, divisor }: Matrix,
): void {
  const sums = machine.scratch(part, sumsBytes(Math.min(columns, STRIP)), SUMS);
  for (let first = 0; first < columns; first += STRIP) {
    const [at, width] = [4 * first, Math.min(STRIP, columns - first)];
    const { threads } = machine;
    threads.call(part, folds.columns, from + at, rows, width, stride, sums, to + at, divisor);
  }
}

/** One row: each part folds a stretch of it. */
function foldStretches(
  machine: Machine,
  folds: Folds,
  { folded, from, to, divisor, parts }: CutPass,
): void {
  const { threads } = machine;
  const stride = sumsBytes(1);
  const sums = machine.scratch(0, parts * stride, SUMS);
  for (let part = parts - 1; part >= 0; part--) {
    const first = partBounds(part, parts, folded);
    const count = partBounds(part + 1, parts, folded) - first;
    threads.call(part, folds.stretch, from + 4 * first, count, sums + part * stride);
  }
  threads.join();
  threads.call(0, folds.finish, sums, parts, stride, 1, to, divisor);
}

/** One table with long rows: each part folds columns of its own. */
function foldColumns(
  machine: Machine,
  folds: Folds,
  { folded, inner, from, to, divisor, parts }: CutPass,
): void {
  for (let part = parts - 1; part >= 0; part--) {
    const first = partBounds(part, parts, inner);
    foldMatrix(machine, folds, part, {
      from: from + 4 * first,
      rows: folded,
      columns: partBounds(part + 1, parts, inner) - first,
      stride: 4 * inner,
      to: to + 4 * first,
      divisor,
    });
  }
  machine.threads.join();
}

/** One table with many rows: each part folds some of them. */
function foldRows(
  machine: Machine,
  folds: Folds,
  { folded, inner, from, to, divisor, parts }: CutPass,
): void {
  const { threads } = machine;
  const stride = sumsBytes(inner);
  const sums = machine.scratch(0, parts * stride, SUMS);
  for (let part = parts - 1; part >= 0; part--) {
    const first = partOfTiles(part, parts, { count: folded, tile: 1 });
    const count = partOfTiles(part + 1, parts, { count: folded, tile: 1 }) - first;
    const row = from + 4 * first * inner;
    for (let column = 0; column < inner; column += STRIP) {
      const own = sums + part * stride + folds.accumulatorBytes * column;
      const width = Math.min(STRIP, inner - column);
      threads.call(part, folds.columns, row + 4 * column, count, width, 4 * inner, own, 0, 1);
    }
  }
  threads.join();
  threads.call(0, folds.finish, sums, parts, stride, inner, to, divisor);
}

/** Room for a row of accumulators, of whichever fold: whole vectors, and lines of its own. */
export function sumsBytes(columns: number): number {
  return Math.ceil((WIDE_BYTES * columns) / 64) * 64;
}
