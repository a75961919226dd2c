import type { Operand, PointwiseLossOp } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { Machine } from "../machine.ts";
import { partBounds, partOfTiles } from "../parts.ts";
import { addressOf } from "../storage.ts";

/** Softmax or its logarithm over the last axis. */
export function softmaxRows(machine: Machine, kernel: number, x: Operand, out: Operand): void {
  const { threads } = machine;
  const [from, to, size] = [addressOf(x), addressOf(out), sizeOf(x.shape)];
  const columns = x.shape[x.shape.length - 1]!;
  const rows = size / columns;
  const parts = machine.partsFor(size);
  for (let part = parts - 1; part >= 0; part--) {
    const first = partOfTiles(part, parts, { count: rows, tile: 1 });
    const count = partOfTiles(part + 1, parts, { count: rows, tile: 1 }) - first;
    const offset = 4 * first * columns;
    threads.call(part, kernel, from + offset, to + offset, count, columns);
  }
  threads.join();
}

export function softmaxGradient(
  machine: Machine,
  { y, dy }: { readonly y: Operand; readonly dy: Operand },
  out: Operand,
): void {
  const { threads } = machine;
  const kernel = machine.kernels.softmax.softmaxGradient;
  const [from, slopes, to, size] = [addressOf(y), addressOf(dy), addressOf(out), sizeOf(out.shape)];
  const columns = out.shape[out.shape.length - 1]!;
  const rows = size / columns;
  const parts = machine.partsFor(size);
  for (let part = parts - 1; part >= 0; part--) {
    const first = partOfTiles(part, parts, { count: rows, tile: 1 });
    const count = partOfTiles(part + 1, parts, { count: rows, tile: 1 }) - first;
    const offset = 4 * first * columns;
    threads.call(part, kernel, from + offset, slopes + offset, to + offset, count, columns);
  }
  threads.join();
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
  const isLabels = target.shape.length === 1;
  const at = addressOf(target);
  const count = isLabels && weight !== null ? labelWeight(machine, target, weight) : rows;
  machine.threads.call(
    0,
    machine.kernels.softmax.softmaxCrossEntropy,
    addressOf(logits),
    isLabels ? at : 0,
    isLabels ? 0 : at,
    weight === null ? 0 : addressOf(weight),
    rows,
    classes,
    1 - labelSmoothing,
    labelSmoothing / classes,
    count,
    addressOf(gradient),
    addressOf(loss),
  );
}

/** Runs `crossEntropy` or its gradient. */
export function crossEntropy(
  machine: Machine,
  kernel: number,
  { p, target, out }: { p: Operand; target: Operand; out: Operand },
): void {
  const [rows, classes] = [p.shape[0]!, p.shape[1]!];
  const isLabels = target.shape.length === 1;
  const [at, to] = [addressOf(target), addressOf(out)];
  const [labels, table] = [isLabels ? at : 0, isLabels ? 0 : at];
  machine.threads.call(0, kernel, addressOf(p), labels, table, rows, classes, rows, to);
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
  machine.threads.call(
    0,
    machine.kernels.softmax.loss[op],
    addressOf(prediction),
    addressOf(target),
    size,
    delta,
    size,
    addressOf(out),
  );
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
