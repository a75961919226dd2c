import type { ActivationOp, BinaryOp, CompareOp, Operand, UnaryOp } from "../../backend.ts";
import { binaryFunctions, compareFunctions } from "../../_reference/functions.ts";
import { binaryRun } from "../kernels/binary.ts";
import { compareRun } from "../kernels/compare.ts";
import { copyRun } from "../kernels/copy.ts";
import { dropoutRun } from "../kernels/dropout.ts";
import { fillRun } from "../kernels/fill.ts";
import { unaryRun } from "../kernels/unary.ts";
import { unaryGradientRun } from "../kernels/unary_gradient.ts";
import { whereRun } from "../kernels/where.ts";
import type { Machine } from "../machine.ts";

export function fill(machine: Machine, value: number, out: Operand): void {
  machine.run(fillRun(value, out));
}

export function copy(machine: Machine, x: Operand, out: Operand): void {
  machine.run(copyRun(x, out));
}

export function unary(
  machine: Machine,
  op: UnaryOp,
  operands: { readonly x: Operand; readonly out: Operand; readonly alpha: number },
): void {
  machine.run(unaryRun(op, operands));
}

export function unaryGradient(
  machine: Machine,
  op: ActivationOp,
  operands: {
    readonly x: Operand;
    readonly y: Operand;
    readonly dy: Operand;
    readonly out: Operand;
    readonly alpha: number;
  },
): void {
  machine.run(unaryGradientRun(op, operands));
}

interface Pair {
  readonly a: Operand | number;
  readonly b: Operand | number;
  readonly out: Operand;
}

export function binary(machine: Machine, op: BinaryOp, { a, b, out }: Pair): void {
  if (typeof a === "number" && typeof b === "number") {
    return fill(machine, binaryFunctions[op](a, b), out);
  }
  machine.run(binaryRun(op, { a, b, out }));
}

export function compare(machine: Machine, op: CompareOp, { a, b, out }: Pair): void {
  if (typeof a === "number") {
    return typeof b === "number"
      ? fill(machine, compareFunctions[op](a, b) ? 1 : 0, out)
      : compare(machine, mirrored[op], { a: b, b: a, out });
  }
  if (typeof b !== "number" || a.dtype !== "int32" || b === (b | 0)) {
    machine.run(compareRun(op, { a, b, out }));
    return;
  }
  // Whole numbers beside a number that is none of int32: it lies between two of them, or beyond all.
  const isBetween = Math.abs(b) < 2 ** 31;
  const whole = wholeComparisons[op];
  if (isBetween && whole !== null) {
    machine.run(compareRun(whole, { a, b: Math.floor(b), out }));
  } else {
    fill(machine, compareFunctions[op](0, isBetween ? 0.5 : b) ? 1 : 0, out);
  }
}

/** `op(a, b)` is `mirrored[op](b, a)`. */
const mirrored: Record<CompareOp, CompareOp> = {
  equal: "equal",
  notEqual: "notEqual",
  less: "greater",
  lessEqual: "greaterEqual",
  greater: "less",
  greaterEqual: "lessEqual",
};

/** For whole a and a fraction b: `op(a, b)` is this comparison of a with ⌊b⌋; where `null`, it is always the same. */
const wholeComparisons: Record<CompareOp, CompareOp | null> = {
  equal: null,
  notEqual: null,
  less: "lessEqual",
  lessEqual: "lessEqual",
  greater: "greater",
  greaterEqual: "greater",
};

export function where(
  machine: Machine,
  operands: {
    readonly condition: Operand;
    readonly a: Operand | number;
    readonly b: Operand | number;
    readonly out: Operand;
  },
): void {
  machine.run(whereRun(operands));
}

export function dropout(
  machine: Machine,
  x: Operand,
  options: {
    readonly rate: number;
    readonly key: number;
    readonly step: number;
    readonly out: Operand;
  },
): void {
  machine.run(dropoutRun(x, options));
}
