import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import { bitsOf } from "../bits_of.ts";
import { broadcast } from "../broadcast.ts";
import type { KernelRun } from "../kernel_run.ts";
import { pick, pointwise, pointwiseWorkgroups, vectors } from "./pointwise.ts";

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
  const { reads, numbers, whole, key, u32, declare } = broadcast(out.shape, {
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
    elements: {
      ...{ condition: "u32", a: "u32", b: "u32" },
      ...vectors(["out", ...whole], "u32"),
    },
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
    workgroups: pointwiseWorkgroups(size),
    source: (arrays) =>
      pointwise({
        out: arrays.out,
        whole: pick(arrays, whole),
        input: "u32",
        output: "u32",
        body: `${declare(arrays)}\n  return select(b, a, (condition & uniforms.truth) != 0u);`,
      }),
  };
}
