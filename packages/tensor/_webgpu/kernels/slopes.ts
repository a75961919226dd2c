import type { Operand } from "../../backend.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";

/** Rows `[rows, channels]`, of which each invocation takes every `parts`-th of a channel. */
export interface ChannelParts {
  readonly rows: number;
  readonly channels: number;
  readonly parts: number;
}

/**
 * Σ dy and Σ dy · x̂ of each part of each channel, `[2, parts, channels]`; `x̂` is normalised by the mean and the
 * inverse deviation of its channel, or of its row.
 */
export function slopesRun(
  operands: {
    readonly x: Operand;
    readonly dy: Operand;
    readonly mean: Operand;
    readonly inverseDeviation: Operand;
    readonly out: Operand;
  },
  { rows, channels, parts }: ChannelParts,
  statisticsOf: "channel" | "row",
): KernelRun<"x" | "dy" | "mean" | "inverseDeviation", "out"> {
  const { out, ...reads } = operands;
  const size = parts * channels;
  return {
    name: "normGradient.slopes",
    key: statisticsOf,
    reads,
    writes: { out },
    uniforms: { u32: { size, rows, channels, parts } },
    workgroups: Math.ceil(size / 64),
    source: ({ x, dy, mean, inverseDeviation, out }) =>
      entry(
        64,
        wgsl`
  if (invocation < uniforms.size) {
    let channel = invocation % uniforms.channels;
    let part = invocation / uniforms.channels;
    var sum = 0.0;
    var dot = 0.0;
    for (var row = part; row < uniforms.rows; row += uniforms.parts) {
      let place = row * uniforms.channels + channel;
      let dy = ${dy}[place];
      sum += dy;
      dot += dy * ((${x}[place] - ${mean}[${statisticsOf}]) * ${inverseDeviation}[${statisticsOf}]);
    }
    ${out}[invocation] = sum;
    ${out}[uniforms.size + invocation] = dot;
  }`,
      ),
  };
}

/** ∂L/∂shift and ∂L/∂scale: the sums of the {@linkcode slopesRun} of the parts. */
export function addSlopesRun(
  operands: { readonly slopes: Operand; readonly dShift: Operand; readonly dScale: Operand },
  { channels, parts }: ChannelParts,
): KernelRun<"slopes", "dShift" | "dScale"> {
  const { slopes, ...writes } = operands;
  return {
    name: "normGradient.addSlopes",
    reads: { slopes },
    writes,
    uniforms: { u32: { channels, parts } },
    workgroups: Math.ceil(channels / 64),
    source: ({ slopes, dShift, dScale }) =>
      entry(
        64,
        wgsl`
  if (invocation < uniforms.channels) {
    let size = uniforms.parts * uniforms.channels;
    var sum = 0.0;
    var dot = 0.0;
    for (var place = invocation; place < size; place += uniforms.channels) {
      sum += ${slopes}[place];
      dot += ${slopes}[size + place];
    }
    ${dShift}[invocation] = sum;
    ${dScale}[invocation] = dot;
  }`,
      ),
  };
}
