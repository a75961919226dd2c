import type { Operand, PointwiseLossOp } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";
import { functions } from "./functions.ts";
import type { Terms } from "./terms.ts";

/** Each loss and its slope as expressions of prediction `p`, target `t` and `uniforms.delta`. */
const expressions: Record<PointwiseLossOp, { readonly loss: string; readonly slope: string }> = {
  squaredError: { loss: "(p - t) * (p - t)", slope: "2.0 * (p - t)" },
  absoluteError: { loss: "abs(p - t)", slope: "signOf(p - t)" },
  huber: {
    loss: "huber(abs(p - t))",
    slope: "larger(-uniforms.delta, smaller(uniforms.delta, p - t))",
  },
  binaryCrossEntropyWithLogits: { loss: "softplus(p) - t * p", slope: "sigmoid(p) - t" },
  hinge: {
    loss: "larger(0.0, 1.0 - t * p)",
    slope: "select(0.0, -t, isPositive(1.0 - t * p))",
  },
};

const declarations = wgsl`
fn signOf(x: f32) -> f32 {
  return select(f32(isPositive(x)) - f32(isNegative(x)), x, isNan(x));
}

fn huber(distance: f32) -> f32 {
  let delta = uniforms.delta;
  let isNear = order(distance) <= order(delta) && !isNan(distance);
  return select(delta * (distance - 0.5 * delta), 0.5 * distance * distance, isNear);
}
`;

/** The mean of a loss over all numbers. */
export function pointwiseLossTerms(
  op: PointwiseLossOp,
  operands: { readonly prediction: Operand; readonly target: Operand; readonly delta: number },
): Terms<"prediction" | "target", never> {
  const { prediction, target, delta } = operands;
  const size = sizeOf(prediction.shape);
  return {
    name: `pointwiseLoss.${op}`,
    reads: { prediction, target },
    writes: {},
    uniforms: { f32: { delta } },
    size,
    divisor: size,
    declare: ({ prediction, target }) =>
      functions + declarations + wgsl`
fn term(i: u32) -> f32 {
  let p = ${prediction}[i];
  let t = ${target}[i];
  return ${expressions[op].loss};
}
`,
  };
}

/** ∂loss/∂prediction. */
export function pointwiseLossGradientRun(
  op: PointwiseLossOp,
  operands: {
    readonly prediction: Operand;
    readonly target: Operand;
    readonly out: Operand;
    readonly delta: number;
  },
): KernelRun<"prediction" | "target", "out"> {
  const { prediction, target, out, delta } = operands;
  const size = sizeOf(out.shape);
  return {
    name: `pointwiseLossGradient.${op}`,
    reads: { prediction, target },
    writes: { out },
    uniforms: { u32: { size }, f32: { delta, count: size } },
    workgroups: Math.ceil(size / 64),
    source: ({ prediction, target, out }) =>
      functions + declarations + entry(
        64,
        wgsl`
  if (invocation < uniforms.size) {
    let p = ${prediction}[invocation];
    let t = ${target}[invocation];
    ${out}[invocation] = (${expressions[op].slope}) / uniforms.count;
  }`,
      ),
  };
}
