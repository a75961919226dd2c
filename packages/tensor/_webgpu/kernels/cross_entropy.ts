import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";
import { functions } from "./functions.ts";
import { declareHot, isLabels } from "./targets.ts";
import type { Terms } from "./terms.ts";

/** −Σ target · ln p / rows; a term whose target is 0 is 0. */
export function crossEntropyTerms(p: Operand, target: Operand): Terms<"p" | "target", never> {
  const [rows, classes] = p.shape as [number, number];
  return {
    name: "crossEntropy",
    key: `${isLabels(target)}`,
    reads: { p, target },
    writes: {},
    uniforms: { u32: { classes } },
    size: rows * classes,
    divisor: rows,
    declare: (arrays) =>
      functions + declareHot(arrays.target, isLabels(target)) + wgsl`
fn term(i: u32) -> f32 {
  let share = hot(i / uniforms.classes, i % uniforms.classes);
  if (isZero(share)) {
    return 0.0;
  }
  return -share * logarithm(${arrays.p}[i]);
}
`,
  };
}

/** `out = −target / (rows · p)`, 0 where the target is 0. */
export function crossEntropyGradientRun(
  { p, target, out }: { readonly p: Operand; readonly target: Operand; readonly out: Operand },
): KernelRun<"p" | "target", "out"> {
  const [rows, classes] = p.shape as [number, number];
  const size = sizeOf(p.shape);
  return {
    name: "crossEntropyGradient",
    key: `${isLabels(target)}`,
    reads: { p, target },
    writes: { out },
    uniforms: { u32: { size, classes }, f32: { rows } },
    workgroups: Math.ceil(size / 64),
    source: (arrays) =>
      declareHot(arrays.target, isLabels(target)) + entry(
        64,
        wgsl`
  if (invocation < uniforms.size) {
    let share = hot(invocation / uniforms.classes, invocation % uniforms.classes);
    let slope = -share / (uniforms.rows * ${arrays.p}[invocation]);
    ${arrays.out}[invocation] = select(slope, 0.0, isZero(share));
  }`,
      ),
  };
}
