import type { Operand, ReduceOp } from "../../backend.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";

/** Numbers `[outer, length, inner]`, of which each invocation folds every `parts`-th along `length`. */
export interface FoldShape {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  readonly parts: number;
}

/** Each fold of two numbers as an expression of `a` and `b`. */
const expressions: Record<ReduceOp, string> = {
  sum: "a + b",
  mean: "a + b",
  product: "a * b",
  max: "larger(a, b)",
  min: "smaller(a, b)",
};

/**
 * `out [outer, parts, inner]`, divided by `divisor`. Neighbours in `inner`, or where that is 1, in `parts`,
 * read neighbours of `x`.
 */
export function foldRun(
  op: ReduceOp,
  { x, out, divisor }: { readonly x: Operand; readonly out: Operand; readonly divisor: number },
  { outer, length, inner, parts }: FoldShape,
): KernelRun<"x", "out"> {
  const size = outer * parts * inner;
  return {
    name: `fold.${op}`,
    reads: { x },
    writes: { out },
    uniforms: { u32: { size, length, inner, parts }, f32: { divisor } },
    workgroups: Math.ceil(size / 64),
    source: ({ x, out }) =>
      entry(
        64,
        wgsl`
  if (invocation < uniforms.size) {
    let i = invocation % uniforms.inner;
    let part = invocation / uniforms.inner % uniforms.parts;
    let outer = invocation / (uniforms.inner * uniforms.parts);
    let start = outer * uniforms.length * uniforms.inner + i;
    var a = ${x}[start + part * uniforms.inner];
    for (var at = part + uniforms.parts; at < uniforms.length; at += uniforms.parts) {
      let b = ${x}[start + at * uniforms.inner];
      a = ${expressions[op]};
    }
    ${out}[invocation] = ${op === "mean" ? "a / uniforms.divisor" : "a"};
  }`,
      ),
  };
}
