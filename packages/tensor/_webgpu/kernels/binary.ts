import type { BinaryOp, Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import { broadcast } from "../broadcast.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";
import { functions } from "./functions.ts";

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
  const { reads, numbers, key, u32, declarations, load } = broadcast(out.shape, { a, b });
  return {
    name: `binary.${op}`,
    key,
    reads,
    writes: { out },
    uniforms: { u32: { size, ...u32 }, f32: numbers },
    workgroups: Math.ceil(size / 64),
    source: ({ a, b, out }) =>
      (op === "power" ? functions : "") + entry(
        64,
        wgsl`
  let i = invocation;
  if (i < uniforms.size) {
    ${declarations}
    let a = ${load("a", a)};
    let b = ${load("b", b)};
    ${out}[i] = ${expressions[op]};
  }`,
      ),
  };
}
