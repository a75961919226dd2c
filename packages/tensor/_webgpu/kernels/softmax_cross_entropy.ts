import type { Operand } from "../../backend.ts";
import { wgsl } from "../wgsl.ts";
import { functions } from "./functions.ts";
import { exponentialSum } from "./softmax.ts";
import { declareHot, isLabels } from "./targets.ts";
import type { Terms } from "./terms.ts";

/**
 * The terms of the loss, one a row, which write the row's gradient as they go:
 * L = −Σ_c w_c t_c ln p_c / count, and ∂L/∂logit_j = (p_j Σ_c w_c t_c − w_j t_j) / count.
 */
export function softmaxCrossEntropyTerms(
  operands: {
    readonly logits: Operand;
    readonly target: Operand;
    readonly weight: Operand | null;
    readonly gradient: Operand;
    /** What the mean divides by: a number, or an operand of one number. */
    readonly count: number | Operand;
  },
  { labelSmoothing }: { readonly labelSmoothing: number },
): Terms<"logits" | "target" | "weight" | "total", "gradient"> {
  const { logits, target, weight, gradient, count } = operands;
  const [rows, classes] = logits.shape as [number, number];
  const isKnown = typeof count === "number";
  return {
    name: "softmaxCrossEntropy",
    key: `${isLabels(target)}`,
    reads: { logits, target, weight, total: isKnown ? null : count },
    writes: { gradient },
    uniforms: {
      u32: { classes },
      f32: {
        share: 1 - labelSmoothing,
        rest: labelSmoothing / classes,
        ...isKnown ? { count } : {},
      },
    },
    size: rows,
    divisor: count,
    declare: (arrays) =>
      functions + exponentialSum(arrays.logits) + declareHot(arrays.target, isLabels(target)) +
      wgsl`
fn smoothed(row: u32, category: u32) -> f32 {
  let share = uniforms.share * hot(row, category) + uniforms.rest;
  return ${arrays.weight === "" ? "share" : `${arrays.weight}[category] * share`};
}

fn term(row: u32) -> f32 {
  let start = row * uniforms.classes;
  let end = start + uniforms.classes;
  let exponentials = exponentialSum(start, uniforms.classes);
  let logSum = logarithm(exponentials.sum);
  var total = 0.0;
  var loss = 0.0;
  for (var at = start; at < end; at++) {
    let share = smoothed(row, at - start);
    total += share;
    /* 0 * ln 0 is 0: a class that is no target may be impossible. */
    if (!isZero(share)) {
      loss -= share * (${arrays.logits}[at] - exponentials.top - logSum);
    }
  }
  let count = ${isKnown ? "uniforms.count" : `${arrays.total}[0]`};
  for (var at = start; at < end; at++) {
    let p = exponential(${arrays.logits}[at] - exponentials.top) / exponentials.sum;
    ${arrays.gradient}[at] = (p * total - smoothed(row, at - start)) / count;
  }
  return loss;
}
`,
  };
}

/** The weights of the rows' labels. */
export function labelWeightTerms(
  { target, weight }: { readonly target: Operand; readonly weight: Operand },
): Terms<"target" | "weight", never> {
  return {
    name: "labelWeight",
    reads: { target, weight },
    writes: {},
    uniforms: { u32: { classes: weight.shape[0]! } },
    size: target.shape[0]!,
    divisor: 1,
    declare: ({ target, weight }) =>
      wgsl`
fn term(row: u32) -> f32 {
  let label = ${target}[row];
  if (label < 0 || label >= i32(uniforms.classes)) {
    return nan();
  }
  return ${weight}[label];
}
`,
  };
}
