import type { CompareOp, Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import { broadcast } from "../broadcast.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";

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
  const { reads, numbers, key, u32, declarations, load } = broadcast(out.shape, { a, b });
  const isWhole = [reads.a, reads.b].every((x) => x === null || x.dtype === "int32");
  const one = out.dtype === "int32" ? "1" : "1.0";
  const zero = out.dtype === "int32" ? "0" : "0.0";
  return {
    name: `compare.${op}`,
    key,
    reads,
    writes: { out },
    uniforms: { u32: { size, ...u32 }, [isWhole ? "i32" : "f32"]: numbers },
    workgroups: Math.ceil(size / 64),
    source: ({ a, b, out }) =>
      entry(
        64,
        wgsl`
  let i = invocation;
  if (i < uniforms.size) {
    ${declarations}
    let a = ${load("a", a)};
    let b = ${load("b", b)};
    let holds = ${
          isWhole
            ? `a ${signs[op]} b`
            // Nothing can be said of NaN but that it differs from everything.
            : `select(order(a) ${signs[op]} order(b), ${op === "notEqual"}, isNan(a) || isNan(b))`
        };
    ${out}[i] = select(${zero}, ${one}, holds);
  }`,
      ),
  };
}
