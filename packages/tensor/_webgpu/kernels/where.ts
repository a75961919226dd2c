import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import { bitsOf } from "../bits_of.ts";
import { broadcast } from "../broadcast.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";

/** `out = condition ≠ 0 ? a : b`, broadcast, bit by bit; −0 is 0. */
export function whereRun(
  { condition, a, b, out }: {
    readonly condition: Operand;
    readonly a: Operand | number;
    readonly b: Operand | number;
    readonly out: Operand;
  },
): KernelRun<"condition" | "a" | "b", "out"> {
  const size = sizeOf(out.shape);
  const { reads, numbers, key, u32, declarations, load } = broadcast(out.shape, {
    condition,
    a,
    b,
  });
  const truth = condition.dtype === "int32" ? 0xffff_ffff : 0x7fff_ffff;
  return {
    name: "where",
    key,
    reads,
    writes: { out },
    elements: { condition: "u32", a: "u32", b: "u32", out: "u32" },
    uniforms: {
      u32: {
        size,
        truth,
        ...u32,
        ...Object.fromEntries(
          Object.entries(numbers).map(([name, value]) => [name, bitsOf(value, out.dtype)]),
        ),
      },
    },
    workgroups: Math.ceil(size / 64),
    source: ({ condition, a, b, out }) =>
      entry(
        64,
        wgsl`
  let i = invocation;
  if (i < uniforms.size) {
    ${declarations}
    let a = ${load("a", a)};
    let b = ${load("b", b)};
    ${out}[i] = select(b, a, (${load("condition", condition)} & uniforms.truth) != 0u);
  }`,
      ),
  };
}
