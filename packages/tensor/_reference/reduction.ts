import type { Operand, ReduceOp } from "../backend.ts";
import { sizeOf, stridesOf } from "../shape.ts";
import { folds } from "./functions.ts";
import { walk } from "./places.ts";
import { valuesOf } from "./storage.ts";

export function reduce(op: ReduceOp, x: Operand, axes: readonly number[], out: Operand): void {
  const from = valuesOf(x);
  const outSize = sizeOf(out.shape);
  // Folded in float64, whatever the dtype: rounding once, at the end.
  const sums = new Float64Array(outSize).fill(folds[op].start);
  const kept = stridesOf(x.shape.map((length, axis) => axes.includes(axis) ? 1 : length));
  const strides = kept.map((stride, axis) => axes.includes(axis) ? 0 : stride);
  const { take } = folds[op];
  walk(x.shape, [{ start: 0, strides }], (i, [j]) => {
    sums[j!] = take(sums[j!]!, from[i]!);
  });
  if (op === "mean") {
    const count = sizeOf(x.shape) / outSize;
    for (let j = 0; j < outSize; j++) sums[j]! /= count;
  }
  valuesOf(out).set(sums);
}

export function argReduce(
  op: "argmax" | "argmin",
  x: Operand,
  axis: number,
  out: Operand,
): void {
  const [from, to] = [valuesOf(x), valuesOf(out)];
  const length = x.shape[axis]!;
  const stride = stridesOf(x.shape)[axis]!;
  const outSize = sizeOf(out.shape);
  for (let j = 0; j < outSize; j++) {
    const start = Math.floor(j / stride) * stride * length + j % stride;
    to[j] = firstExtreme(op, { from, start, stride, length });
  }
}

/** Place of the first largest (smallest) of a strided row; a NaN wins over all. */
export function firstExtreme(
  op: "argmax" | "argmin",
  row: { from: ArrayLike<number>; start: number; stride: number; length: number },
): number {
  const { from, start, stride, length } = row;
  let best = 0;
  for (let i = 0; i < length; i++) {
    const value = from[start + i * stride]!;
    const leader = from[start + best * stride]!;
    if (Number.isNaN(leader)) break;
    const wins = op === "argmax" ? value > leader : value < leader;
    if (wins || Number.isNaN(value)) best = i;
  }
  return best;
}
