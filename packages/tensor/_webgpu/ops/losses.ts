import type { Operand, PointwiseLossOp } from "../../backend.ts";
import { correctRowsTerms } from "../kernels/correct_rows.ts";
import { crossEntropyGradientRun, crossEntropyTerms } from "../kernels/cross_entropy.ts";
import { pointwiseLossGradientRun, pointwiseLossTerms } from "../kernels/pointwise_loss.ts";
import { labelWeightTerms, softmaxCrossEntropyTerms } from "../kernels/softmax_cross_entropy.ts";
import { isLabels } from "../kernels/targets.ts";
import type { Machine } from "../machine.ts";
import { sumTerms } from "./sum_terms.ts";

/** Slot of the sum of weights; `sumTerms` has its own. */
const WEIGHT_SLOT = 1;

export function softmaxCrossEntropy(
  machine: Machine,
  operands: {
    readonly logits: Operand;
    readonly target: Operand;
    readonly weight: Operand | null;
  },
  options: { readonly labelSmoothing: number },
  out: { readonly loss: Operand; readonly gradient: Operand },
): void {
  const { logits, target, weight } = operands;
  let count: number | Operand = logits.shape[0]!;
  if (weight !== null && isLabels(target)) {
    count = machine.workspace(WEIGHT_SLOT, 1);
    sumTerms(machine, labelWeightTerms({ target, weight }), count);
  }
  const terms = softmaxCrossEntropyTerms({ ...operands, gradient: out.gradient, count }, options);
  sumTerms(machine, terms, out.loss);
}

export function crossEntropy(machine: Machine, p: Operand, target: Operand, out: Operand): void {
  sumTerms(machine, crossEntropyTerms(p, target), out);
}

export function crossEntropyGradient(
  machine: Machine,
  p: Operand,
  target: Operand,
  out: Operand,
): void {
  machine.run(crossEntropyGradientRun({ p, target, out }));
}

export function pointwiseLoss(
  machine: Machine,
  op: PointwiseLossOp,
  operands: { readonly prediction: Operand; readonly target: Operand },
  out: Operand,
  delta = 0,
): void {
  sumTerms(machine, pointwiseLossTerms(op, { ...operands, delta }), out);
}

export function pointwiseLossGradient(
  machine: Machine,
  op: PointwiseLossOp,
  operands: { readonly prediction: Operand; readonly target: Operand },
  out: Operand,
  delta = 0,
): void {
  machine.run(pointwiseLossGradientRun(op, { ...operands, out, delta }));
}

export function countCorrect(
  machine: Machine,
  prediction: Operand,
  target: Operand,
  out: Operand,
): void {
  sumTerms(machine, correctRowsTerms(prediction, target), out);
}
