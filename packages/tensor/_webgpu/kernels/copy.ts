import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";

/** `out = x` number by number: bit by bit, or converted, a fraction being cut. */
export function copyRun(x: Operand, out: Operand): KernelRun<"x", "out"> {
  const size = sizeOf(out.shape);
  const converts = x.dtype !== out.dtype;
  const convert = !converts
    ? (number: string) => number
    : out.dtype === "int32"
    ? (number: string) => `select(i32(${number}), 0, isNan(${number}))`
    : (number: string) => `f32(${number})`;
  return {
    name: "copy",
    reads: { x },
    writes: { out },
    elements: converts ? {} : { x: "u32", out: "u32" },
    uniforms: { u32: { size } },
    workgroups: Math.ceil(size / 64),
    source: ({ x, out }) =>
      entry(
        64,
        wgsl`
  if (invocation < uniforms.size) {
    ${out}[invocation] = ${convert(`${x}[invocation]`)};
  }`,
      ),
  };
}
