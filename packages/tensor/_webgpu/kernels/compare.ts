import type { CompareOp, Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import { broadcast } from "../broadcast.ts";
import type { KernelRun } from "../kernel_run.ts";
import { pick, pointwise, pointwiseWorkgroups, vectors } from "./pointwise.ts";

const signs: Record<CompareOp, string> = {
  equal: "==",
  notEqual: "!=",
  less: "<",
  lessEqual: "<=",
  greater: ">",
  greaterEqual: ">=",
};

/** `out = op(a, b) ? 1 : 0`, broadcast, of real or whole numbers; a number is of the other's dtype. */
export function compareRun(
  op: CompareOp,
  { a, b, out }: {
    readonly a: Operand | number;
    readonly b: Operand | number;
    readonly out: Operand;
  },
): KernelRun<"a" | "b", "out"> {
  const size = sizeOf(out.shape);
  const { reads, numbers, whole, key, u32, declare } = broadcast(out.shape, { a, b });
  const isWhole = [reads.a, reads.b].every((x) => x === null || x.dtype === "int32");
  const input = isWhole ? "i32" : "f32";
  const output = out.dtype === "int32" ? "i32" : "f32";
  const holds = isWhole
    ? `a ${signs[op]} b`
    // Nothing can be said of NaN but that it differs from everything.
    : `select(order(a) ${signs[op]} order(b), ${op === "notEqual"}, isNan(a) || isNan(b))`;
  return {
    name: `compare.${op}`,
    key,
    reads,
    writes: { out },
    elements: { ...vectors(whole, input), out: `vec4<${output}>` },
    uniforms: { u32: { size, ...u32 }, [input]: numbers },
    workgroups: pointwiseWorkgroups(size),
    source: (arrays) =>
      pointwise({
        out: arrays.out,
        whole: pick(arrays, whole),
        input,
        output,
        body: `${declare(arrays)}\n  return ${output}(${holds});`,
      }),
  };
}
