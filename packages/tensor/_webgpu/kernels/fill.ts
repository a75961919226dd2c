import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import { bitsOf } from "../bits_of.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";

/** Every number of `out` becomes `value`, bit by bit. */
export function fillRun(value: number, out: Operand): KernelRun<never, "out"> {
  const size = sizeOf(out.shape);
  return {
    name: "fill",
    reads: {},
    writes: { out },
    elements: { out: "u32" },
    uniforms: { u32: { size, bits: bitsOf(value, out.dtype) } },
    workgroups: Math.ceil(size / 64),
    source: ({ out }) =>
      entry(
        64,
        wgsl`
  if (invocation < uniforms.size) {
    ${out}[invocation] = uniforms.bits;
  }`,
      ),
  };
}
