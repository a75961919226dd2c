import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import { bitsOf } from "../bits_of.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";

/** Lengths around the axis: `x` is `[outer, length, stride]`, the result `[outer, count, stride]`. */
export interface GatherShape {
  readonly length: number;
  readonly count: number;
  readonly stride: number;
}

/** `out[o, i, s] = x[o, indices[i], s]`, bit by bit; NaN (0 for whole numbers) where there is no such place. */
export function gatherRun(
  { x, indices, out }: { readonly x: Operand; readonly indices: Operand; readonly out: Operand },
  shape: GatherShape,
): KernelRun<"x" | "indices", "out"> {
  const size = sizeOf(out.shape);
  return {
    name: "gather",
    reads: { x, indices },
    writes: { out },
    elements: { x: "u32", out: "u32" },
    uniforms: { u32: { size, ...shape, nothing: bitsOf(NaN, out.dtype) } },
    workgroups: Math.ceil(size / 64),
    source: ({ x, indices, out }) =>
      entry(
        64,
        wgsl`
  if (invocation < uniforms.size) {
    let index = ${indices}[invocation / uniforms.stride % uniforms.count];
    let outer = invocation / (uniforms.stride * uniforms.count);
    if (index >= 0 && u32(index) < uniforms.length) {
      let row = outer * uniforms.length + u32(index);
      ${out}[invocation] = ${x}[row * uniforms.stride + invocation % uniforms.stride];
    } else {
      ${out}[invocation] = uniforms.nothing;
    }
  }`,
      ),
  };
}
