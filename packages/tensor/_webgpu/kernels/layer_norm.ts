import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";

/** `y = scale · (x − mean) · inverseDeviation + shift` of each row; an invocation a row. */
export function layerNormRun(
  operands: {
    readonly x: Operand;
    readonly scale: Operand;
    readonly shift: Operand;
    readonly y: Operand;
    readonly mean: Operand;
    readonly inverseDeviation: Operand;
  },
  { epsilon }: { readonly epsilon: number },
): KernelRun<"x" | "scale" | "shift", "y" | "mean" | "inverseDeviation"> {
  const { x, scale, shift, ...writes } = operands;
  const length = x.shape.at(-1)!;
  const rows = sizeOf(x.shape) / length;
  return {
    name: "layerNorm",
    reads: { x, scale, shift },
    writes,
    uniforms: { u32: { rows, length }, f32: { epsilon } },
    workgroups: Math.ceil(rows / 64),
    source: ({ x, scale, shift, y, mean, inverseDeviation }) =>
      entry(
        64,
        wgsl`
  if (invocation < uniforms.rows) {
    let start = invocation * uniforms.length;
    let end = start + uniforms.length;
    var sum = 0.0;
    for (var at = start; at < end; at++) {
      sum += ${x}[at];
    }
    let mean = sum / f32(uniforms.length);
    var squares = 0.0;
    for (var at = start; at < end; at++) {
      let deviation = ${x}[at] - mean;
      squares += deviation * deviation;
    }
    let inverse = 1.0 / sqrt(squares / f32(uniforms.length) + uniforms.epsilon);
    for (var at = start; at < end; at++) {
      ${y}[at] = ${scale}[at - start] * ((${x}[at] - mean) * inverse) + ${shift}[at - start];
    }
    ${mean}[invocation] = mean;
    ${inverseDeviation}[invocation] = inverse;
  }`,
      ),
  };
}

/**
 * ∂L/∂x = inverse · (g − mean(g) − x̂ · mean(g · x̂)) of each row, with g = dy · scale, since the scale differs
 * within a row; an invocation a row.
 */
export function layerNormInputGradientRun(
  operands: {
    readonly x: Operand;
    readonly dy: Operand;
    readonly scale: Operand;
    readonly mean: Operand;
    readonly inverseDeviation: Operand;
    readonly out: Operand;
  },
): KernelRun<"x" | "dy" | "scale" | "mean" | "inverseDeviation", "out"> {
  const { out, ...reads } = operands;
  const length = out.shape.at(-1)!;
  const rows = sizeOf(out.shape) / length;
  return {
    name: "layerNormGradient.input",
    reads,
    writes: { out },
    uniforms: { u32: { rows, length } },
    workgroups: Math.ceil(rows / 64),
    source: ({ x, dy, scale, mean, inverseDeviation, out }) =>
      entry(
        64,
        wgsl`
  if (invocation < uniforms.rows) {
    let start = invocation * uniforms.length;
    let end = start + uniforms.length;
    let mean = ${mean}[invocation];
    let inverse = ${inverseDeviation}[invocation];
    var sum = 0.0;
    var dot = 0.0;
    for (var at = start; at < end; at++) {
      let slope = ${dy}[at] * ${scale}[at - start];
      sum += slope;
      dot += slope * ((${x}[at] - mean) * inverse);
    }
    let length = f32(uniforms.length);
    for (var at = start; at < end; at++) {
      let normal = (${x}[at] - mean) * inverse;
      let slope = ${dy}[at] * ${scale}[at - start];
      ${out}[at] = inverse * (slope - sum / length - normal * (dot / length));
    }
  }`,
      ),
  };
}
