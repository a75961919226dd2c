import type { BinaryOp, Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import { broadcast } from "../broadcast.ts";
import type { KernelRun } from "../kernel_run.ts";
import { functions } from "./functions.ts";
import { pick, pointwise, pointwiseWorkgroups, vectors } from "./pointwise.ts";

/** Each function as an expression of `a` and `b`. */
const expressions: Record<BinaryOp, string> = {
  add: "a + b",
  subtract: "a - b",
  multiply: "a * b",
  divide: "a / b",
  power: "power(a, b)",
  maximum: "larger(a, b)",
  minimum: "smaller(a, b)",
};

/** `out = op(a, b)`, broadcast; a number is a uniform. */
export function binaryRun(
  op: BinaryOp,
  { a, b, out }: {
    readonly a: Operand | number;
    readonly b: Operand | number;
    readonly out: Operand;
  },
): KernelRun<"a" | "b", "out"> {
  const size = sizeOf(out.shape);
  const { reads, numbers, whole, key, u32, declare } = broadcast(out.shape, { a, b });
  return {
    name: `binary.${op}`,
    key,
    reads,
    writes: { out },
    elements: vectors(["out", ...whole], "f32"),
    uniforms: { u32: { size, ...u32 }, f32: numbers },
    workgroups: pointwiseWorkgroups(size),
    source: (arrays) =>
      (op === "power" ? functions : "") + pointwise({
        out: arrays.out,
        whole: pick(arrays, whole),
        input: "f32",
        output: "f32",
        body: `${declare(arrays)}\n  return ${expressions[op]};`,
      }),
  };
}
