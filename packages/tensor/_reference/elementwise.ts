import { hash } from "@gradus/random/hash";
import type { ActivationOp, BinaryOp, CompareOp, Operand, UnaryOp } from "../backend.ts";
import { sizeOf } from "../shape.ts";
import {
  activationSlopes,
  binaryFunctions,
  compareFunctions,
  unaryFunctions,
} from "./functions.ts";
import { forEachPlace } from "./places.ts";
import { valuesOf } from "./storage.ts";

export function fill(value: number, out: Operand): void {
  valuesOf(out).fill(value, 0, sizeOf(out.shape));
}

export function copy(x: Operand, out: Operand): void {
  // A typed array converts as it is written: a fraction is cut for int32.
  valuesOf(out).set(valuesOf(x).subarray(0, sizeOf(x.shape)));
}

export function unary(op: UnaryOp, x: Operand, out: Operand, alpha = 0): void {
  const [from, to] = [valuesOf(x), valuesOf(out)];
  const apply = unaryFunctions[op];
  const size = sizeOf(out.shape);
  for (let i = 0; i < size; i++) to[i] = apply(from[i]!, alpha);
}

export function unaryGradient(
  op: ActivationOp,
  operands: { readonly x: Operand; readonly y: Operand; readonly dy: Operand },
  out: Operand,
  alpha = 0,
): void {
  const [x, y, dy] = [valuesOf(operands.x), valuesOf(operands.y), valuesOf(operands.dy)];
  const dx = valuesOf(out);
  const slope = activationSlopes[op];
  const size = sizeOf(out.shape);
  for (let i = 0; i < size; i++) dx[i] = dy[i]! * slope(x[i]!, y[i]!, alpha);
}

export function binary(
  op: BinaryOp,
  a: Operand | number,
  b: Operand | number,
  out: Operand,
): void {
  const [left, right, to] = [numbersOf(a), numbersOf(b), valuesOf(out)];
  const apply = binaryFunctions[op];
  forEachPlace(out.shape, [shapeOf(a), shapeOf(b)], (i, [j, k]) => {
    to[i] = apply(left[j!]!, right[k!]!);
  });
}

export function compare(
  op: CompareOp,
  a: Operand | number,
  b: Operand | number,
  out: Operand,
): void {
  const [left, right, to] = [numbersOf(a), numbersOf(b), valuesOf(out)];
  const holds = compareFunctions[op];
  forEachPlace(out.shape, [shapeOf(a), shapeOf(b)], (i, [j, k]) => {
    to[i] = holds(left[j!]!, right[k!]!) ? 1 : 0;
  });
}

export function where(
  condition: Operand,
  a: Operand | number,
  b: Operand | number,
  out: Operand,
): void {
  const [left, right, to] = [numbersOf(a), numbersOf(b), valuesOf(out)];
  const holds = valuesOf(condition);
  forEachPlace(out.shape, [condition.shape, shapeOf(a), shapeOf(b)], (i, [h, j, k]) => {
    to[i] = holds[h!] !== 0 ? left[j!]! : right[k!]!;
  });
}

export function dropout(
  x: Operand,
  options: { readonly rate: number; readonly key: number; readonly step: number },
  out: Operand,
): void {
  const { rate, key, step } = options;
  const [from, to] = [valuesOf(x), valuesOf(out)];
  const size = sizeOf(out.shape);
  for (let i = 0; i < size; i++) {
    to[i] = hash(key, step, i) < rate * 2 ** 32 ? 0 : from[i]! / (1 - rate);
  }
}

function numbersOf(operand: Operand | number): ArrayLike<number> {
  return typeof operand === "number" ? [operand] : valuesOf(operand);
}

function shapeOf(operand: Operand | number): readonly number[] {
  return typeof operand === "number" ? [] : operand.shape;
}
