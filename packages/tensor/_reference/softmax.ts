import type { Operand } from "../backend.ts";
import type { NumericArray } from "../dtype.ts";
import { sizeOf } from "../shape.ts";
import { valuesOf } from "./storage.ts";

export function softmax(x: Operand, out: Operand): void {
  const [from, to] = [valuesOf(x), valuesOf(out)];
  const length = x.shape.at(-1)!;
  const size = sizeOf(x.shape);
  for (let start = 0; start < size; start += length) {
    const { max, sum } = exponentialSum(from, start, length);
    for (let i = start; i < start + length; i++) to[i] = Math.exp(from[i]! - max) / sum;
  }
}

export function logSoftmax(x: Operand, out: Operand): void {
  const [from, to] = [valuesOf(x), valuesOf(out)];
  const length = x.shape.at(-1)!;
  const size = sizeOf(x.shape);
  for (let start = 0; start < size; start += length) {
    const { max, sum } = exponentialSum(from, start, length);
    for (let i = start; i < start + length; i++) to[i] = from[i]! - max - Math.log(sum);
  }
}

export function softmaxGradient(
  operands: { readonly y: Operand; readonly dy: Operand },
  out: Operand,
): void {
  const [y, dy, dx] = [valuesOf(operands.y), valuesOf(operands.dy), valuesOf(out)];
  const length = out.shape.at(-1)!;
  const size = sizeOf(out.shape);
  for (let start = 0; start < size; start += length) {
    let dot = 0;
    for (let i = start; i < start + length; i++) dot += dy[i]! * y[i]!;
    for (let i = start; i < start + length; i++) dx[i] = y[i]! * (dy[i]! - dot);
  }
}

/** The largest number of a row, and Σ exp(x − max): at least 1, so nothing overflows or divides by 0. */
export function exponentialSum(
  from: NumericArray,
  start: number,
  length: number,
): { max: number; sum: number } {
  let max = -Infinity;
  for (let i = start; i < start + length; i++) max = Math.max(max, from[i]!);
  let sum = 0;
  for (let i = start; i < start + length; i++) sum += Math.exp(from[i]! - max);
  return { max, sum };
}
