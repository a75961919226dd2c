import type { Operand, PointwiseLossOp } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { Machine } from "../machine.ts";
import { partBounds } from "../parts.ts";
import { addressOf } from "../storage.ts";
import { forEachRowPart, matrixOf } from "./row_parts.ts";

/** Room for a part's sum: a cache line of its own. */
const SUM_BYTES = 64;

/** Softmax or its logarithm over the last axis. */
export function softmaxRows(machine: Machine, kernel: number, x: Operand, out: Operand): void {
  const { rows, columns } = matrixOf(x);
  const [from, to] = [addressOf(x), addressOf(out)];
  forEachRowPart(machine, { rows, columns }, (part, first, count) => {
    const offset = 4 * first * columns;
    machine.threads.call(part, kernel, from + offset, to + offset, count, columns);
  });
}

export function softmaxGradient(
  machine: Machine,
  { y, dy }: { readonly y: Operand; readonly dy: Operand },
  out: Operand,
): void {
  const { softmaxGradient } = machine.kernels.softmax;
  const { rows, columns } = matrixOf(out);
  const [from, slopes, to] = [addressOf(y), addressOf(dy), addressOf(out)];
  forEachRowPart(machine, { rows, columns }, (part, first, count) => {
    const at = 4 * first * columns;
    machine.threads.call(part, softmaxGradient, from + at, slopes + at, to + at, count, columns);
  });
}

export function softmaxCrossEntropy(
  machine: Machine,
  { logits, target, weight }: {
    readonly logits: Operand;
    readonly target: Operand;
    readonly weight: Operand | null;
  },
  { labelSmoothing, loss, gradient }: { labelSmoothing: number; loss: Operand; gradient: Operand },
): void {
  const [rows, classes] = [logits.shape[0]!, logits.shape[1]!];
  const { softmaxCrossEntropy } = machine.kernels.softmax;
  const count = target.shape.length === 1 && weight !== null
    ? labelWeight(machine, target, weight)
    : rows;
  const [from, to] = [addressOf(logits), addressOf(gradient)];
  const weights = weight === null ? 0 : addressOf(weight);
  meanOfParts(machine, { rows, columns: classes, count, out: loss }, (part, first, own, sum) => {
    const { labels, table } = targetsFrom(target, first, classes);
    machine.threads.call(
      part,
      softmaxCrossEntropy,
      from + 4 * first * classes,
      labels,
      table,
      weights,
      own,
      classes,
      1 - labelSmoothing,
      labelSmoothing / classes,
      count,
      to + 4 * first * classes,
      sum,
    );
  });
}

export function crossEntropy(
  machine: Machine,
  { p, target, out }: { p: Operand; target: Operand; out: Operand },
): void {
  const [rows, classes] = [p.shape[0]!, p.shape[1]!];
  const { crossEntropy } = machine.kernels.softmax;
  const from = addressOf(p);
  meanOfParts(machine, { rows, columns: classes, count: rows, out }, (part, first, own, sum) => {
    const { labels, table } = targetsFrom(target, first, classes);
    const at = from + 4 * first * classes;
    machine.threads.call(part, crossEntropy, at, labels, table, own, classes, rows, sum);
  });
}

export function crossEntropyGradient(
  machine: Machine,
  { p, target, out }: { p: Operand; target: Operand; out: Operand },
): void {
  const [rows, classes] = [p.shape[0]!, p.shape[1]!];
  const { crossEntropyGradient } = machine.kernels.softmax;
  const [from, to] = [addressOf(p), addressOf(out)];
  forEachRowPart(machine, { rows, columns: classes }, (part, first, own) => {
    const { labels, table } = targetsFrom(target, first, classes);
    const offset = 4 * first * classes;
    machine.threads.call(
      part,
      crossEntropyGradient,
      from + offset,
      labels,
      table,
      own,
      classes,
      rows,
      to + offset,
    );
  });
}

/** Addresses of the targets from a row on: of labels, or of a table, and 0 for the other. */
function targetsFrom(
  target: Operand,
  row: number,
  classes: number,
): { labels: number; table: number } {
  const at = addressOf(target);
  return target.shape.length === 1
    ? { labels: at + 4 * row, table: 0 }
    : { labels: 0, table: at + 4 * row * classes };
}

/** `out = Σ / count`, where each part of the rows leaves its float64 sum at an address. */
function meanOfParts(
  machine: Machine,
  { rows, columns, count, out }: { rows: number; columns: number; count: number; out: Operand },
  body: (part: number, first: number, own: number, sum: number) => void,
): void {
  const sums = machine.scratch(
    machine.threads.count,
    SUM_BYTES * machine.threads.count,
    "the partial sums of a loss",
  );
  const parts = forEachRowPart(machine, { rows, columns }, (part, first, own) => {
    body(part, first, own, sums + SUM_BYTES * part);
  });
  const { doubles, floats } = machine.heap;
  let sum = 0;
  for (let part = 0; part < parts; part++) sum += doubles[(sums + SUM_BYTES * part) / 8]!;
  floats[addressOf(out) / 4] = sum / count;
}

/** Σ of the weights of the rows' labels; NaN if one is no class. */
function labelWeight({ heap }: Machine, target: Operand, weight: Operand): number {
  const [labels, weights] = [addressOf(target) / 4, addressOf(weight) / 4];
  const classes = weight.shape[0]!;
  let sum = 0;
  for (let row = 0; row < target.shape[0]!; row++) {
    const label = heap.ints[labels + row]!;
    sum += label >= 0 && label < classes ? heap.floats[weights + label]! : NaN;
  }
  return sum;
}

interface LossOperands {
  readonly prediction: Operand;
  readonly target: Operand;
}

export function pointwiseLoss(
  machine: Machine,
  op: PointwiseLossOp,
  { prediction, target, delta, out }: LossOperands & { delta: number; out: Operand },
): void {
  const size = sizeOf(prediction.shape);
  const kernel = machine.kernels.softmax.loss[op];
  const [p, t] = [addressOf(prediction), addressOf(target)];
  meanOfParts(machine, { rows: size, columns: 1, count: size, out }, (part, first, own, sum) => {
    machine.threads.call(part, kernel, p + 4 * first, t + 4 * first, own, delta, size, sum);
  });
}

export function pointwiseLossGradient(
  machine: Machine,
  op: PointwiseLossOp,
  { prediction, target, delta, out }: LossOperands & { delta: number; out: Operand },
): void {
  const { threads } = machine;
  const kernel = machine.kernels.softmax.lossGradient[op];
  const size = sizeOf(prediction.shape);
  const [p, t, to] = [addressOf(prediction), addressOf(target), addressOf(out)];
  const parts = machine.partsFor(size);
  for (let part = parts - 1; part >= 0; part--) {
    const first = partBounds(part, parts, size);
    const count = partBounds(part + 1, parts, size) - first;
    const offset = 4 * first;
    threads.call(part, kernel, p + offset, t + offset, count, delta, size, to + offset);
  }
  threads.join();
}
