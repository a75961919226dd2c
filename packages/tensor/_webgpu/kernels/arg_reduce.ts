import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";

/**
 * WGSL: the place of the first largest (smallest) of `length` numbers, `stride` apart from `start` on; a NaN
 * wins over all.
 */
export function firstExtreme(
  name: string,
  op: "argmax" | "argmin",
  array: string,
): string {
  return wgsl`
fn ${name}(start: u32, stride: u32, length: u32) -> u32 {
  var best = 0u;
  var leader = ${array}[start];
  for (var at = 1u; at < length && !isNan(leader); at++) {
    let x = ${array}[start + at * stride];
    if (isNan(x) || order(x) ${op === "argmax" ? ">" : "<"} order(leader)) {
      best = at;
      leader = x;
    }
  }
  return best;
}
`;
}

/** The place of the first largest (smallest) number along an axis; `x` is `[outer, length, stride]`. */
export function argReduceRun(
  op: "argmax" | "argmin",
  { x, out }: { readonly x: Operand; readonly out: Operand },
  { length, stride }: { readonly length: number; readonly stride: number },
): KernelRun<"x", "out"> {
  const size = sizeOf(out.shape);
  return {
    name: `argReduce.${op}`,
    reads: { x },
    writes: { out },
    uniforms: { u32: { size, length, stride } },
    workgroups: Math.ceil(size / 64),
    source: ({ x, out }) =>
      firstExtreme("firstExtreme", op, x) + entry(
        64,
        wgsl`
  if (invocation < uniforms.size) {
    let outer = invocation / uniforms.stride;
    let start = outer * uniforms.length * uniforms.stride + invocation % uniforms.stride;
    ${out}[invocation] = i32(firstExtreme(start, uniforms.stride, uniforms.length));
  }`,
      ),
  };
}
