import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";
import { epilogue, epilogueElements, epilogueKey, type Store } from "./epilogue.ts";

/** `out [m, n] = Σ parts [parts, m, n]`, in their order, then what the epilogue says. */
export function addPartsRun(
  { parts, bias, out }: {
    readonly parts: Operand;
    readonly bias: Operand | null;
    readonly out: Operand;
  },
  { count, n, store }: { readonly count: number; readonly n: number; readonly store: Store },
): KernelRun<"parts" | "bias", "out"> {
  const size = sizeOf(out.shape);
  const quads = Math.ceil(n / 4);
  const total = quads * size / n;
  return {
    name: "addParts",
    key: epilogueKey(store),
    reads: { parts, bias: store.hasBias ? bias : null },
    writes: { out },
    elements: { parts: store.isVector ? "vec4<f32>" : "f32", ...epilogueElements(store) },
    uniforms: { i32: { count, n, size, quads, total } },
    workgroups: Math.ceil(total / 64),
    source: ({ parts, bias, out }) =>
      epilogue(store, { out, bias }) + entry(
        64,
        wgsl`
  if (i32(invocation) >= uniforms.total) {
    return;
  }
  let column = i32(invocation) % uniforms.quads * 4;
  let start = i32(invocation) / uniforms.quads * uniforms.n;
  var sum = vec4f();
  for (var part = zero; part < uniforms.count; part++) {
    let at = part * uniforms.size + start + column;
    sum += ${
          store.isVector
            ? `${parts}[at >> 2u]`
            : `vec4f(${[0, 1, 2, 3].map((i) => `${parts}[at + ${i}]`).join(", ")})`
        };
  }
  store(sum, column, start, 0);`,
      ),
  };
}
