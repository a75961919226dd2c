import type { Operand, UnaryOp } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import { functions } from "./functions.ts";
import { pointwise, pointwiseWorkgroups } from "./pointwise.ts";

/** Each function as an expression of `x`, and of `uniforms.alpha`; of NaN it need not be right. */
const expressions: Record<UnaryOp, string> = {
  relu: "relu(x)",
  leakyRelu: "select(x, uniforms.alpha * x, isNegative(x))",
  elu: "select(x, uniforms.alpha * exponentialLess1(x), isNegative(x))",
  // 0 · ∞ would be NaN at −Infinity, where the limit is 0.
  gelu: "select(x * normalShare(x), 0.0, isInfinite(x) && isNegative(x))",
  silu: "select(x * sigmoid(x), 0.0, isInfinite(x) && isNegative(x))",
  softplus: "softplus(x)",
  sigmoid: "sigmoid(x)",
  tanh: "hyperbolicTangent(x)",
  arctan: "arctangent(x)",
  negate: "bitcast<f32>(bitcast<u32>(x) ^ 0x80000000u)",
  absolute: "bitcast<f32>(sizeBits(x))",
  sign: "f32(isPositive(x)) - f32(isNegative(x))",
  reciprocal: "1.0 / x",
  square: "x * x",
  sqrt: "select(sqrt(x), nan(), isNegative(x))",
  exp: "exponential(x)",
  log: "logarithm(x)",
  sin: "sine(x)",
  cos: "cosine(x)",
  erf: "errorFunction(x)",
  floor: "floor(x)",
  ceil: "ceil(x)",
  round: "round(x)",
};

/** `out = op(x)`. */
export function unaryRun(
  op: UnaryOp,
  { x, out, alpha }: { readonly x: Operand; readonly out: Operand; readonly alpha: number },
): KernelRun<"x", "out"> {
  const size = sizeOf(out.shape);
  return {
    name: `unary.${op}`,
    reads: { x },
    writes: { out },
    elements: { x: "vec4<f32>", out: "vec4<f32>" },
    uniforms: { u32: { size }, f32: { alpha } },
    workgroups: pointwiseWorkgroups(size),
    source: ({ x, out }) =>
      functions + pointwise({
        out,
        whole: { x },
        input: "f32",
        output: "f32",
        body: `return select(${expressions[op]}, x, isNan(x));`,
      }),
  };
}
