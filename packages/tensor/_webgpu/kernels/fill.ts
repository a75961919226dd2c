import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import { bitsOf } from "../bits_of.ts";
import type { KernelRun } from "../kernel_run.ts";
import { pointwise, pointwiseWorkgroups } from "./pointwise.ts";

/** Every number of `out` becomes `value`, bit by bit. */
export function fillRun(value: number, out: Operand): KernelRun<never, "out"> {
  const size = sizeOf(out.shape);
  return {
    name: "fill",
    reads: {},
    writes: { out },
    elements: { out: "vec4<u32>" },
    uniforms: { u32: { size, bits: bitsOf(value, out.dtype) } },
    workgroups: pointwiseWorkgroups(size),
    source: ({ out }) =>
      pointwise({ out, whole: {}, input: "u32", output: "u32", body: "return uniforms.bits;" }),
  };
}
