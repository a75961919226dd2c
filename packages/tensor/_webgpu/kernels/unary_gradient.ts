import type { ActivationOp, Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import { functions } from "./functions.ts";
import { pointwise, pointwiseWorkgroups } from "./pointwise.ts";

/** op′(x) as an expression of `x`, `y = op(x)` and `uniforms.alpha`. At a kink, the slope from below. */
const slopes: Record<ActivationOp, string> = {
  relu: "f32(isPositive(x) || isNan(x))",
  leakyRelu: "select(uniforms.alpha, 1.0, isPositive(x))",
  elu: "select(y + uniforms.alpha, 1.0, isPositive(x))",
  gelu: "normalShare(x) + x * normalDensity(x)",
  silu: "sigmoid(x) * (1.0 + x * (1.0 - sigmoid(x)))",
  softplus: "sigmoid(x)",
  sigmoid: "y * (1.0 - y)",
  tanh: "1.0 - y * y",
  arctan: "1.0 / (1.0 + x * x)",
};

/** `out = dy · op′(x)`. */
export function unaryGradientRun(
  op: ActivationOp,
  { x, y, dy, out, alpha }: {
    readonly x: Operand;
    readonly y: Operand;
    readonly dy: Operand;
    readonly out: Operand;
    readonly alpha: number;
  },
): KernelRun<"x" | "y" | "dy", "out"> {
  const size = sizeOf(out.shape);
  return {
    name: `unaryGradient.${op}`,
    reads: { x, y, dy },
    writes: { out },
    elements: { x: "vec4<f32>", y: "vec4<f32>", dy: "vec4<f32>", out: "vec4<f32>" },
    uniforms: { u32: { size }, f32: { alpha } },
    workgroups: pointwiseWorkgroups(size),
    source: ({ x, y, dy, out }) =>
      functions + pointwise({
        out,
        whole: { x, y, dy },
        input: "f32",
        output: "f32",
        body: `return dy * (${slopes[op]});`,
      }),
  };
}
