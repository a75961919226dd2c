import type { Operand } from "../../backend.ts";
import { wgsl } from "../wgsl.ts";

/**
 * WGSL: `hot(row, category)`, the target of a row and a class, from labels or from a table; NaN in the row of a
 * label out of range. There must be a uniform `classes`.
 */
export function declareHot(target: string, isLabels: boolean): string {
  return isLabels
    ? wgsl`
fn hot(row: u32, category: u32) -> f32 {
  let label = ${target}[row];
  if (label < 0 || label >= i32(uniforms.classes)) {
    return nan();
  }
  return select(0.0, 1.0, label == i32(category));
}
`
    : wgsl`
fn hot(row: u32, category: u32) -> f32 {
  return ${target}[row * uniforms.classes + category];
}
`;
}

/** Whether a target is labels, one a row, and not a table. */
export function isLabels(target: Operand): boolean {
  return target.shape.length === 1;
}
