import type { Operand, PointwiseLossOp } from "../backend.ts";
import { sizeOf } from "../shape.ts";
import { pointwiseLosses } from "./functions.ts";
import { firstExtreme } from "./reduction.ts";
import { exponentialSum } from "./softmax.ts";
import { valuesOf } from "./storage.ts";

export function softmaxCrossEntropy(
  operands: { readonly logits: Operand; readonly target: Operand; readonly weight: Operand | null },
  options: { readonly labelSmoothing: number },
  out: { readonly loss: Operand; readonly gradient: Operand },
): void {
  const logits = valuesOf(operands.logits);
  const gradient = valuesOf(out.gradient);
  const [rows, classes] = [operands.logits.shape[0]!, operands.logits.shape[1]!];
  const targetAt = targets(operands.target, classes);
  const weights = operands.weight === null ? null : valuesOf(operands.weight);
  const weightOf = (c: number) => weights === null ? 1 : weights[c]!;
  const smoothing = options.labelSmoothing;
  const isLabels = operands.target.shape.length === 1;
  const count = weights !== null && isLabels ? labelWeight(operands.target, weightOf) : rows;

  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    const { max, sum } = exponentialSum(logits, start, classes);
    // L = −Σ_c w_c t_c ln p_c / count, and ∂L/∂logit_j = (p_j Σ_c w_c t_c − w_j t_j) / count.
    let total = 0;
    for (let c = 0; c < classes; c++) {
      const target = weightOf(c) * ((1 - smoothing) * targetAt(row, c) + smoothing / classes);
      total += target;
      // 0 · ln 0 is 0: a class that is no target may be impossible.
      if (target !== 0) loss -= target * (logits[start + c]! - max - Math.log(sum));
      gradient[start + c] = -target;
    }
    for (let c = 0; c < classes; c++) {
      const p = Math.exp(logits[start + c]! - max) / sum;
      gradient[start + c] = (p * total + gradient[start + c]!) / count;
    }
  }
  valuesOf(out.loss)[0] = loss / count;
}

export function crossEntropy(p: Operand, target: Operand, out: Operand): void {
  const probabilities = valuesOf(p);
  const [rows, classes] = [p.shape[0]!, p.shape[1]!];
  const targetAt = targets(target, classes);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < classes; c++) {
      const t = targetAt(row, c);
      if (t !== 0) loss -= t * Math.log(probabilities[row * classes + c]!);
    }
  }
  valuesOf(out)[0] = loss / rows;
}

export function crossEntropyGradient(p: Operand, target: Operand, out: Operand): void {
  const [probabilities, dp] = [valuesOf(p), valuesOf(out)];
  const [rows, classes] = [p.shape[0]!, p.shape[1]!];
  const targetAt = targets(target, classes);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < classes; c++) {
      const t = targetAt(row, c);
      dp[row * classes + c] = t === 0 ? 0 : -t / (rows * probabilities[row * classes + c]!);
    }
  }
}

export function pointwiseLoss(
  op: PointwiseLossOp,
  operands: { readonly prediction: Operand; readonly target: Operand },
  out: Operand,
  delta = 0,
): void {
  const [prediction, target] = [valuesOf(operands.prediction), valuesOf(operands.target)];
  const size = sizeOf(operands.prediction.shape);
  const { loss } = pointwiseLosses[op];
  let sum = 0;
  for (let i = 0; i < size; i++) sum += loss(prediction[i]!, target[i]!, delta);
  valuesOf(out)[0] = sum / size;
}

export function pointwiseLossGradient(
  op: PointwiseLossOp,
  operands: { readonly prediction: Operand; readonly target: Operand },
  out: Operand,
  delta = 0,
): void {
  const [prediction, target] = [valuesOf(operands.prediction), valuesOf(operands.target)];
  const gradient = valuesOf(out);
  const size = sizeOf(operands.prediction.shape);
  const { slope } = pointwiseLosses[op];
  for (let i = 0; i < size; i++) gradient[i] = slope(prediction[i]!, target[i]!, delta) / size;
}

export function countCorrect(prediction: Operand, target: Operand, out: Operand): void {
  const [rows, classes] = [prediction.shape[0]!, prediction.shape[1]!];
  const from = valuesOf(prediction);
  const labels = valuesOf(target);
  const isLabels = target.shape.length === 1;
  let correct = 0;
  for (let row = 0; row < rows; row++) {
    const at = { start: row * classes, stride: 1, length: classes };
    const label = isLabels ? labels[row]! : firstExtreme("argmax", { from: labels, ...at });
    if (firstExtreme("argmax", { from, ...at }) === label) correct++;
  }
  valuesOf(out)[0] = correct;
}

/** The target of a row and class, from labels or from a table; NaN in the row of a label out of range. */
function targets(target: Operand, classes: number): (row: number, c: number) => number {
  const values = valuesOf(target);
  if (target.shape.length === 2) return (row, c) => values[row * classes + c]!;
  return (row, c) => {
    const label = values[row]!;
    if (label < 0 || label >= classes) return NaN;
    return label === c ? 1 : 0;
  };
}

/** Σ of the weights of the rows' labels. */
function labelWeight(target: Operand, weightOf: (c: number) => number): number {
  const labels = valuesOf(target);
  let sum = 0;
  for (let row = 0; row < target.shape[0]!; row++) sum += weightOf(labels[row]!);
  return sum;
}
