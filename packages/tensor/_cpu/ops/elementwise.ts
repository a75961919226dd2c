import type { ActivationOp, BinaryOp, CompareOp, Operand, UnaryOp } from "../../backend.ts";
import type { DType } from "../../dtype.ts";
import { equalShapes, type Shape, sizeOf, stridesOf } from "../../shape.ts";
import * as reference from "../../_reference/elementwise.ts";
import type { Patterns } from "../kernels/elementwise.ts";
import { wordsOfTwoOverPi } from "../kernels/two_over_pi.ts";
import { SCALAR_ADDRESS } from "../layout.ts";
import type { Machine } from "../machine.ts";
import { partBounds, partOfTiles } from "../parts.ts";
import { addressOf } from "../storage.ts";
import { copyStrided } from "./movement.ts";

export function fill(machine: Machine, value: number, out: Operand): void {
  const first = addressOf(out) / 4;
  const { floats, ints } = machine.heap;
  (out.dtype === "int32" ? ints : floats).fill(value, first, first + sizeOf(out.shape));
}

export function copy(machine: Machine, x: Operand, out: Operand): void {
  if (x.dtype !== out.dtype) return reference.copy(x, out);
  const { threads, kernels } = machine;
  const [from, to, size] = [addressOf(x), addressOf(out), sizeOf(x.shape)];
  const parts = machine.partsFor(size);
  for (let part = parts - 1; part >= 0; part--) {
    const first = partBounds(part, parts, size);
    const sizeBytes = 4 * (partBounds(part + 1, parts, size) - first);
    const { copyRows } = kernels.movement;
    threads.call(part, copyRows, from + 4 * first, 0, to + 4 * first, 0, 1, sizeBytes);
  }
  threads.join();
}

export function unary(
  machine: Machine,
  op: UnaryOp,
  { x, out, alpha }: { x: Operand; out: Operand; alpha: number },
): void {
  const { kernels, tables, threads } = machine;
  const { elementwise } = kernels;
  const isTurn = op === "sin" || op === "cos";
  const kernel = isTurn ? elementwise[op] : elementwise.unary[op];
  const last = isTurn ? tables.take("2 / π", twoOverPi).address : alpha;
  const [from, to, size] = [addressOf(x), addressOf(out), sizeOf(out.shape)];
  const parts = machine.partsFor(size);
  for (let part = parts - 1; part >= 0; part--) {
    const first = partBounds(part, parts, size);
    const count = partBounds(part + 1, parts, size) - first;
    threads.call(part, kernel, from + 4 * first, to + 4 * first, count, last);
  }
  threads.join();
}

function twoOverPi(): { words: number[]; plan: null } {
  return { words: wordsOfTwoOverPi(), plan: null };
}

export function unaryGradient(
  machine: Machine,
  op: ActivationOp,
  { x, y, dy, out, alpha }: { x: Operand; y: Operand; dy: Operand; out: Operand; alpha: number },
): void {
  const { threads } = machine;
  const kernel = machine.kernels.elementwise.unaryGradient[op];
  const size = sizeOf(out.shape);
  const [xAt, yAt, dyAt, outAt] = [addressOf(x), addressOf(y), addressOf(dy), addressOf(out)];
  const parts = machine.partsFor(size);
  for (let part = parts - 1; part >= 0; part--) {
    const first = partBounds(part, parts, size);
    const count = partBounds(part + 1, parts, size) - first;
    const offset = 4 * first;
    threads.call(
      part,
      kernel,
      xAt + offset,
      yAt + offset,
      dyAt + offset,
      outAt + offset,
      count,
      alpha,
    );
  }
  threads.join();
}

export function binary(
  machine: Machine,
  op: BinaryOp,
  { a, b, out }: { a: Operand | number; b: Operand | number; out: Operand },
): void {
  if (typeof a === "number" && typeof b === "number") return reference.binary(op, a, b, out);
  runPatterns(machine, machine.kernels.elementwise.binary[op], { a, b, out });
}

export function compare(
  machine: Machine,
  op: CompareOp,
  { a, b, out }: { a: Operand | number; b: Operand | number; out: Operand },
): void {
  const isWhole = (x: Operand | number) =>
    typeof x === "number" ? x === (x | 0) : x.dtype === "int32";
  const isFloat = (x: Operand | number) => typeof x !== "number" && x.dtype !== "int32";
  const { compare, compareIntegers } = machine.kernels.elementwise;
  const hasIntegers = !isFloat(a) && !isFloat(b);
  if (typeof a === "number" && typeof b === "number") return reference.compare(op, a, b, out);
  // Beside integers, a number that is none: as float64.
  if (hasIntegers && !(isWhole(a) && isWhole(b))) return reference.compare(op, a, b, out);
  const patterns = hasIntegers ? compareIntegers : compare;
  switch (op) {
    case "greater":
      return runPatterns(machine, patterns.less, { a: b, b: a, out });
    case "greaterEqual":
      return runPatterns(machine, patterns.lessEqual, { a: b, b: a, out });
    default:
      runPatterns(machine, patterns[op], { a, b, out });
  }
}

export function where(
  machine: Machine,
  { condition, a, b, out }: {
    condition: Operand;
    a: Operand | number;
    b: Operand | number;
    out: Operand;
  },
): void {
  const { threads } = machine;
  const kernel = machine.kernels.elementwise.where;
  const size = sizeOf(out.shape);
  const operands = [condition, a, b];
  const isShort = (x: Operand | number): x is Operand =>
    typeof x !== "number" && !equalShapes(x.shape, out.shape);
  const short = operands.filter(isShort);
  const copies = short.length === 0
    ? 0
    : machine.scratch(0, 4 * size * short.length, "operands that are repeated");
  const [conditions, aAt, bAt] = operands.map((x, slot) =>
    isShort(x)
      ? repeat(machine, x, { shape: out.shape, to: copies + 4 * size * short.indexOf(x) })
      : locate(machine, x, { slot, dtype: "float32" })
  ) as [number, number, number];
  const [aMoves, bMoves] = [a, b].map((x) => typeof x === "number" ? 0 : 1) as [number, number];
  const to = addressOf(out);
  const parts = machine.partsFor(size);
  for (let part = parts - 1; part >= 0; part--) {
    const first = partBounds(part, parts, size);
    const count = partBounds(part + 1, parts, size) - first;
    threads.call(
      part,
      kernel,
      conditions + 4 * first,
      aAt + 4 * first * aMoves,
      aMoves,
      bAt + 4 * first * bMoves,
      bMoves,
      to + 4 * first,
      count,
    );
  }
  threads.join();
}

export function dropout(
  machine: Machine,
  x: Operand,
  { options, out }: {
    options: { readonly rate: number; readonly key: number; readonly step: number };
    out: Operand;
  },
): void {
  const { rate, key, step } = options;
  const { threads } = machine;
  const kernel = machine.kernels.elementwise.dropout;
  const [from, to, size] = [addressOf(x), addressOf(out), sizeOf(out.shape)];
  const threshold = Math.min(Math.ceil(rate * 2 ** 32), 2 ** 32 - 1);
  const parts = machine.partsFor(size);
  for (let part = parts - 1; part >= 0; part--) {
    const first = partBounds(part, parts, size);
    const count = partBounds(part + 1, parts, size) - first;
    const offset = 4 * first;
    threads.call(
      part,
      kernel,
      from + offset,
      to + offset,
      count,
      first,
      key,
      step,
      threshold,
      1 - rate,
    );
  }
  threads.join();
}

interface Pair {
  readonly a: Operand | number;
  readonly b: Operand | number;
  readonly out: Operand;
}

/** Runs a kernel of two operands over the broadcast shape: as few and as long rows as there can be. */
function runPatterns(machine: Machine, patterns: Patterns, { a, b, out }: Pair): void {
  const { aAt, bAt, outAt } = addressesOf(machine, { a, b, out });
  const aIsWhole = typeof a !== "number" && equalShapes(a.shape, out.shape);
  const bIsWhole = typeof b !== "number" && equalShapes(b.shape, out.shape);
  const size = sizeOf(out.shape);
  if (aIsWhole && bIsWhole) {
    return runFlat(machine, patterns.bothVary, { aAt, aMoves: 4, bAt, bMoves: 4, outAt, size });
  }
  if (aIsWhole && isNumber(b)) {
    return runFlat(machine, patterns.leftVaries, { aAt, aMoves: 4, bAt, bMoves: 0, outAt, size });
  }
  if (bIsWhole && isNumber(a)) {
    return runFlat(machine, patterns.rightVaries, { aAt, aMoves: 0, bAt, bMoves: 4, outAt, size });
  }
  runBroadcast(machine, patterns, { a, b, out });
}

/** Copies an operand as often as the shape repeats it; returns where to. */
function repeat(
  machine: Machine,
  x: Operand,
  { shape, to }: { shape: Shape; to: number },
): number {
  copyStrided(machine, shape, {
    from: { address: addressOf(x), strides: broadcastStrides(x.shape, shape) },
    to: { address: to, strides: stridesOf(shape) },
  });
  return to;
}

function addressesOf(
  machine: Machine,
  { a, b, out }: Pair,
): { aAt: number; bAt: number; outAt: number } {
  // A number is of the type of what stands beside it.
  const dtype = typeof a !== "number" ? a.dtype : typeof b !== "number" ? b.dtype : "float32";
  return {
    aAt: locate(machine, a, { slot: 0, dtype }),
    bAt: locate(machine, b, { slot: 1, dtype }),
    outAt: addressOf(out),
  };
}

function isNumber(x: Operand | number): boolean {
  return typeof x === "number" || sizeOf(x.shape) === 1;
}

/** Address of an operand's numbers; a number is put into memory, four times. */
function locate(
  machine: Machine,
  x: Operand | number,
  { slot, dtype }: { slot: number; dtype: DType },
): number {
  if (typeof x !== "number") return addressOf(x);
  const at = SCALAR_ADDRESS / 4 + 4 * slot;
  (dtype === "int32" ? machine.heap.ints : machine.heap.floats).fill(x, at, at + 4);
  return 4 * at;
}

function runFlat(
  machine: Machine,
  kernel: number,
  { aAt, aMoves, bAt, bMoves, outAt, size }: {
    aAt: number;
    aMoves: number;
    bAt: number;
    bMoves: number;
    outAt: number;
    size: number;
  },
): void {
  const { threads } = machine;
  const parts = machine.partsFor(size);
  for (let part = parts - 1; part >= 0; part--) {
    const first = partBounds(part, parts, size);
    const count = partBounds(part + 1, parts, size) - first;
    threads.call(
      part,
      kernel,
      aAt + aMoves * first,
      0,
      bAt + bMoves * first,
      0,
      outAt + 4 * first,
      1,
      count,
    );
  }
  threads.join();
}

/** An axis of the broadcast shape: its length, and how many numbers each operand moves along it. */
interface Axis {
  length: number;
  a: number;
  b: number;
}

function runBroadcast(machine: Machine, patterns: Patterns, { a, b, out }: Pair): void {
  const axes = mergedAxes(out.shape, shapeOf(a), shapeOf(b));
  const columns = axes.pop() ?? { length: 1, a: 0, b: 0 };
  const rows = axes.pop() ?? { length: 1, a: 0, b: 0 };
  const kernel = columns.a === 0
    ? patterns.rightVaries
    : columns.b === 0
    ? patterns.leftVaries
    : patterns.bothVary;
  const index = axes.map(() => 0);
  let { aAt, bAt, outAt } = addressesOf(machine, { a, b, out });
  const tables = axes.reduce((product, axis) => product * axis.length, 1);
  const parts = machine.partsFor(rows.length * columns.length);
  for (let table = 0; table < tables; table++) {
    for (let part = parts - 1; part >= 0; part--) {
      const first = partOfTiles(part, parts, { count: rows.length, tile: 1 });
      machine.threads.call(
        part,
        kernel,
        aAt + 4 * rows.a * first,
        4 * rows.a,
        bAt + 4 * rows.b * first,
        4 * rows.b,
        outAt + 4 * columns.length * first,
        partOfTiles(part + 1, parts, { count: rows.length, tile: 1 }) - first,
        columns.length,
      );
    }
    outAt += 4 * rows.length * columns.length;
    for (let at = axes.length - 1; at >= 0; at--) {
      const axis = axes[at]!;
      const turns = ++index[at]! < axis.length;
      aAt += 4 * axis.a * (turns ? 1 : 1 - axis.length);
      bAt += 4 * axis.b * (turns ? 1 : 1 - axis.length);
      if (turns) break;
      index[at] = 0;
    }
  }
  machine.threads.join();
}

function shapeOf(x: Operand | number): Shape {
  return typeof x === "number" ? [] : x.shape;
}

/** The axes of a broadcast; neighbours along which both operands move on evenly are one. */
function mergedAxes(shape: Shape, aShape: Shape, bShape: Shape): Axis[] {
  const [a, b] = [broadcastStrides(aShape, shape), broadcastStrides(bShape, shape)];
  const axes: Axis[] = [];
  shape.forEach((length, at) => {
    if (length === 1) return;
    const outer = axes.at(-1);
    if (outer !== undefined && outer.a === a[at]! * length && outer.b === b[at]! * length) {
      outer.length *= length;
      [outer.a, outer.b] = [a[at]!, b[at]!];
    } else {
      axes.push({ length, a: a[at]!, b: b[at]! });
    }
  });
  return axes;
}

/** Strides of `input` along the axes of `shape`; 0 where the input is repeated. */
function broadcastStrides(input: Shape, shape: Shape): number[] {
  const own = stridesOf(input);
  const missing = shape.length - input.length;
  return shape.map((_, axis) =>
    axis < missing || input[axis - missing] === 1 ? 0 : own[axis - missing]!
  );
}
