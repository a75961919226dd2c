import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";
import { functions } from "./functions.ts";

/**
 * WGSL: the largest of `length` numbers from `start` on, and the sum of exp(x − largest): at least 1, so that
 * nothing overflows or divides by 0.
 */
export function exponentialSum(array: string): string {
  return wgsl`
struct ExponentialSum {
  top: f32,
  sum: f32,
}

fn exponentialSum(start: u32, length: u32) -> ExponentialSum {
  var top = ${array}[start];
  for (var i = start + 1u; i < start + length; i++) {
    top = larger(top, ${array}[i]);
  }
  var sum = 0.0;
  for (var i = start; i < start + length; i++) {
    sum += exponential(${array}[i] - top);
  }
  return ExponentialSum(top, sum);
}
`;
}

/** Softmax of each row or its logarithm; an invocation a row. */
export function softmaxRun(
  op: "softmax" | "logSoftmax",
  { x, out }: { readonly x: Operand; readonly out: Operand },
): KernelRun<"x", "out"> {
  const length = x.shape.at(-1)!;
  const rows = sizeOf(x.shape) / length;
  return {
    name: op,
    reads: { x },
    writes: { out },
    uniforms: { u32: { rows, length } },
    workgroups: Math.ceil(rows / 64),
    source: ({ x, out }) =>
      functions + exponentialSum(x) + entry(
        64,
        wgsl`
  if (invocation < uniforms.rows) {
    let start = invocation * uniforms.length;
    let row = exponentialSum(start, uniforms.length);
    let logSum = logarithm(row.sum);
    for (var i = start; i < start + uniforms.length; i++) {
      let x = ${x}[i] - row.top;
      ${out}[i] = ${op === "softmax" ? "exponential(x) / row.sum" : "x - logSum"};
    }
  }`,
      ),
  };
}
