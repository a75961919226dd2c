import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";

/** `out = y · (dy − Σ dy · y)` of each row; an invocation a row. */
export function softmaxGradientRun(
  { y, dy, out }: { readonly y: Operand; readonly dy: Operand; readonly out: Operand },
): KernelRun<"y" | "dy", "out"> {
  const length = out.shape.at(-1)!;
  const rows = sizeOf(out.shape) / length;
  return {
    name: "softmaxGradient",
    reads: { y, dy },
    writes: { out },
    uniforms: { u32: { rows, length } },
    workgroups: Math.ceil(rows / 64),
    source: ({ y, dy, out }) =>
      entry(
        64,
        wgsl`
  if (invocation < uniforms.rows) {
    let start = invocation * uniforms.length;
    var dot = 0.0;
    for (var i = start; i < start + uniforms.length; i++) {
      dot += ${dy}[i] * ${y}[i];
    }
    for (var i = start; i < start + uniforms.length; i++) {
      ${out}[i] = ${y}[i] * (${dy}[i] - dot);
    }
  }`,
      ),
  };
}
