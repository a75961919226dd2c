import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";
import type { ChannelParts } from "./slopes.ts";

/** WGSL: how many rows a part has. */
const declareCount = wgsl`
fn countOf(part: u32) -> f32 {
  return f32((uniforms.rows - part + uniforms.parts - 1u) / uniforms.parts);
}
`;

/**
 * Mean of each part of each channel and the sum of squares around it, `[2, parts, channels]`. In two passes
 * over the part: squares of small differences do not cancel.
 */
export function momentsRun(
  { x, out }: { readonly x: Operand; readonly out: Operand },
  { rows, channels, parts }: ChannelParts,
): KernelRun<"x", "out"> {
  const size = parts * channels;
  return {
    name: "batchNorm.moments",
    reads: { x },
    writes: { out },
    uniforms: { u32: { size, rows, channels, parts } },
    workgroups: Math.ceil(size / 64),
    source: ({ x, out }) =>
      declareCount + entry(
        64,
        wgsl`
  if (invocation < uniforms.size) {
    let c = invocation % uniforms.channels;
    let part = invocation / uniforms.channels;
    let count = countOf(part);
    var sum = 0.0;
    for (var row = part; row < uniforms.rows; row += uniforms.parts) {
      sum += ${x}[row * uniforms.channels + c];
    }
    let mean = sum / count;
    var squares = 0.0;
    for (var row = part; row < uniforms.rows; row += uniforms.parts) {
      let deviation = ${x}[row * uniforms.channels + c] - mean;
      squares += deviation * deviation;
    }
    ${out}[invocation] = mean;
    ${out}[uniforms.size + invocation] = squares;
  }`,
      ),
  };
}

/**
 * Mean and inverse deviation of each channel from the {@linkcode momentsRun} of its parts, and the running
 * statistics. The squares of parts add up, with those of their means around the whole mean (Chan, Golub and
 * LeVeque, 1979).
 */
export function statisticsRun(
  operands: {
    readonly moments: Operand;
    readonly mean: Operand;
    readonly inverseDeviation: Operand;
    readonly runningMean: Operand;
    readonly runningVariance: Operand;
  },
  options: { readonly epsilon: number; readonly momentum: number },
  { rows, channels, parts }: ChannelParts,
): KernelRun<"moments", "mean" | "inverseDeviation" | "runningMean" | "runningVariance"> {
  const { moments, ...writes } = operands;
  const { epsilon, momentum } = options;
  return {
    name: "batchNorm.statistics",
    reads: { moments },
    writes,
    uniforms: {
      u32: { rows, channels, parts },
      f32: { epsilon, momentum, rest: 1 - momentum, correction: rows / (rows - 1) },
    },
    workgroups: Math.ceil(channels / 64),
    source: ({ moments, mean, inverseDeviation, runningMean, runningVariance }) =>
      declareCount + entry(
        64,
        wgsl`
  if (invocation < uniforms.channels) {
    let size = uniforms.parts * uniforms.channels;
    var sum = 0.0;
    for (var place = invocation; place < size; place += uniforms.channels) {
      sum += countOf(place / uniforms.channels) * ${moments}[place];
    }
    let mean = sum / f32(uniforms.rows);
    var squares = 0.0;
    for (var place = invocation; place < size; place += uniforms.channels) {
      let deviation = ${moments}[place] - mean;
      let count = countOf(place / uniforms.channels);
      squares += ${moments}[size + place] + count * deviation * deviation;
    }
    let variance = squares / f32(uniforms.rows);
    ${mean}[invocation] = mean;
    ${inverseDeviation}[invocation] = 1.0 / sqrt(variance + uniforms.epsilon);
    ${runningMean}[invocation] = uniforms.rest * ${runningMean}[invocation] + uniforms.momentum * mean;
    ${runningVariance}[invocation] = uniforms.rest * ${runningVariance}[invocation] +
      uniforms.momentum * (variance * uniforms.correction);
  }`,
      ),
  };
}

/** `out = scale · (x − mean) · inverseDeviation + shift`; from the variance, where that is given. */
export function normalizeRun(
  operands: {
    readonly x: Operand;
    readonly scale: Operand;
    readonly shift: Operand;
    readonly mean: Operand;
    readonly spread: Operand;
    readonly out: Operand;
  },
  /** ε where `spread` is the variance; `null` where it is the inverse deviation. */
  epsilon: number | null,
): KernelRun<"x" | "scale" | "shift" | "mean" | "spread", "out"> {
  const { out, ...reads } = operands;
  const size = sizeOf(out.shape);
  const isVariance = epsilon !== null;
  return {
    name: isVariance ? "batchNormInference" : "batchNorm.normalize",
    reads,
    writes: { out },
    uniforms: {
      u32: { size, channels: out.shape.at(-1)! },
      f32: isVariance ? { epsilon } : {},
    },
    workgroups: Math.ceil(size / 64),
    source: ({ x, scale, shift, mean, spread, out }) =>
      entry(
        64,
        wgsl`
  if (invocation < uniforms.size) {
    let c = invocation % uniforms.channels;
    let inverse = ${isVariance ? `1.0 / sqrt(${spread}[c] + uniforms.epsilon)` : `${spread}[c]`};
    ${out}[invocation] = ${scale}[c] * ((${x}[invocation] - ${mean}[c]) * inverse) + ${shift}[c];
  }`,
      ),
  };
}

/** ∂L/∂x = scale · inverse · (dy − mean(dy) − x̂ · mean(dy · x̂)). */
export function batchNormInputGradientRun(
  operands: {
    readonly x: Operand;
    readonly dy: Operand;
    readonly scale: Operand;
    readonly mean: Operand;
    readonly inverseDeviation: Operand;
    readonly dScale: Operand;
    readonly dShift: Operand;
    readonly out: Operand;
  },
): KernelRun<"x" | "dy" | "scale" | "mean" | "inverseDeviation" | "dScale" | "dShift", "out"> {
  const { out, ...reads } = operands;
  const size = sizeOf(out.shape);
  const channels = out.shape.at(-1)!;
  return {
    name: "batchNormGradient.input",
    reads,
    writes: { out },
    uniforms: { u32: { size, channels }, f32: { rows: size / channels } },
    workgroups: Math.ceil(size / 64),
    source: ({ x, dy, scale, mean, inverseDeviation, dScale, dShift, out }) =>
      entry(
        64,
        wgsl`
  if (invocation < uniforms.size) {
    let c = invocation % uniforms.channels;
    let inverse = ${inverseDeviation}[c];
    let normal = (${x}[invocation] - ${mean}[c]) * inverse;
    let slope = ${dy}[invocation] - ${dShift}[c] / uniforms.rows -
      normal * (${dScale}[c] / uniforms.rows);
    ${out}[invocation] = ${scale}[c] * inverse * slope;
  }`,
      ),
  };
}
