import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import { type NumberType, pointwise, pointwiseWorkgroups } from "./pointwise.ts";

/** `out = x` number by number: bit by bit, or converted, a fraction being cut. */
export function copyRun(x: Operand, out: Operand): KernelRun<"x", "out"> {
  const size = sizeOf(out.shape);
  const converts = x.dtype !== out.dtype;
  const typeOf = ({ dtype }: Operand): NumberType =>
    !converts ? "u32" : dtype === "int32" ? "i32" : "f32";
  const [input, output] = [typeOf(x), typeOf(out)];
  const number = { u32: "x", i32: "select(i32(x), 0, isNan(x))", f32: "f32(x)" }[output];
  return {
    name: "copy",
    reads: { x },
    writes: { out },
    elements: { x: `vec4<${input}>`, out: `vec4<${output}>` },
    uniforms: { u32: { size } },
    workgroups: pointwiseWorkgroups(size),
    source: ({ x, out }) =>
      pointwise({ out, whole: { x }, input, output, body: `return ${number};` }),
  };
}
