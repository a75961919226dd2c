import type { Operand } from "../../backend.ts";
import { wgsl } from "../wgsl.ts";
import { firstExtreme } from "./arg_reduce.ts";
import { isLabels } from "./targets.ts";
import type { Terms } from "./terms.ts";

/** 1 for each row whose first largest number is where the target says. */
export function correctRowsTerms(
  prediction: Operand,
  target: Operand,
): Terms<"prediction" | "target", never> {
  const [rows, classes] = prediction.shape as [number, number];
  return {
    name: "countCorrect",
    key: `${isLabels(target)}`,
    reads: { prediction, target },
    writes: {},
    uniforms: { u32: { classes } },
    size: rows,
    divisor: 1,
    declare: (arrays) =>
      firstExtreme("predicted", "argmax", arrays.prediction) +
      (isLabels(target) ? "" : firstExtreme("wanted", "argmax", arrays.target)) + wgsl`
fn term(row: u32) -> f32 {
  let start = row * uniforms.classes;
  let label = ${
        isLabels(target) ? `${arrays.target}[row]` : "i32(wanted(start, 1u, uniforms.classes))"
      };
  return select(0.0, 1.0, i32(predicted(start, 1u, uniforms.classes)) == label);
}
`,
  };
}
