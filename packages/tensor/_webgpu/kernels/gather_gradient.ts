import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";
import type { GatherShape } from "./gather.ts";

/**
 * `out[o, l, s] = Σ dy[o, i, s]` over all `i` with `indices[i] = l`, in their order: each number of `out`
 * looks through the indices, so that no two invocations add to the same number.
 */
export function gatherGradientRun(
  { dy, indices, out }: { readonly dy: Operand; readonly indices: Operand; readonly out: Operand },
  shape: GatherShape,
): KernelRun<"dy" | "indices", "out"> {
  const size = sizeOf(out.shape);
  const zero = out.dtype === "int32" ? "0i" : "0.0";
  return {
    name: "gatherGradient",
    reads: { dy, indices },
    writes: { out },
    uniforms: { u32: { size, ...shape } },
    workgroups: Math.ceil(size / 64),
    source: ({ dy, indices, out }) =>
      entry(
        64,
        wgsl`
  if (invocation < uniforms.size) {
    let own = i32(invocation / uniforms.stride % uniforms.length);
    let outer = invocation / (uniforms.stride * uniforms.length);
    let start = outer * uniforms.count * uniforms.stride + invocation % uniforms.stride;
    var sum = ${zero};
    let end = start + uniforms.count * uniforms.stride;
    var i = 0u;
    for (var place = start; place < end; place += uniforms.stride) {
      if (${indices}[i] == own) {
        sum += ${dy}[place];
      }
      i++;
    }
    ${out}[invocation] = sum;
  }`,
      ),
  };
}
