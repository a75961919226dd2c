import type { Operand } from "../backend.ts";
import type { NumericArray } from "../dtype.ts";
import { sizeOf } from "../shape.ts";
import { valuesOf } from "./storage.ts";

interface Inputs {
  readonly x: Operand;
  readonly scale: Operand;
  readonly shift: Operand;
}

interface GradientInputs {
  readonly x: Operand;
  readonly dy: Operand;
  readonly scale: Operand;
  readonly mean: Operand;
  readonly inverseDeviation: Operand;
}

interface Gradients {
  readonly dx: Operand | null;
  readonly dScale: Operand;
  readonly dShift: Operand;
}

/** The numbers that are normalised together: `count` of them, `stride` apart. */
interface Group {
  readonly start: number;
  readonly stride: number;
  readonly count: number;
}

export function batchNorm(
  operands: Inputs,
  options: { readonly epsilon: number; readonly momentum: number },
  out: {
    readonly y: Operand;
    readonly mean: Operand;
    readonly inverseDeviation: Operand;
    readonly runningMean: Operand;
    readonly runningVariance: Operand;
  },
): void {
  const [x, y] = [valuesOf(operands.x), valuesOf(out.y)];
  const [scale, shift] = [valuesOf(operands.scale), valuesOf(operands.shift)];
  const { momentum } = options;
  channelGroups(operands.x).forEach((group, c) => {
    const { mean, variance } = moments(x, group);
    const inverse = 1 / Math.sqrt(variance + options.epsilon);
    for (let i = 0; i < group.count; i++) {
      const at = group.start + i * group.stride;
      y[at] = scale[c]! * (x[at]! - mean) * inverse + shift[c]!;
    }
    valuesOf(out.mean)[c] = mean;
    valuesOf(out.inverseDeviation)[c] = inverse;
    const unbiased = variance * group.count / (group.count - 1);
    const [runningMean, runningVariance] = [
      valuesOf(out.runningMean),
      valuesOf(out.runningVariance),
    ];
    runningMean[c] = (1 - momentum) * runningMean[c]! + momentum * mean;
    runningVariance[c] = (1 - momentum) * runningVariance[c]! + momentum * unbiased;
  });
}

export function batchNormInference(
  operands: Inputs & { readonly mean: Operand; readonly variance: Operand },
  options: { readonly epsilon: number },
  out: Operand,
): void {
  const [x, y] = [valuesOf(operands.x), valuesOf(out)];
  const [scale, shift] = [valuesOf(operands.scale), valuesOf(operands.shift)];
  const [mean, variance] = [valuesOf(operands.mean), valuesOf(operands.variance)];
  const channels = operands.x.shape.at(-1)!;
  const size = sizeOf(operands.x.shape);
  for (let i = 0; i < size; i++) {
    const c = i % channels;
    const inverse = 1 / Math.sqrt(variance[c]! + options.epsilon);
    y[i] = scale[c]! * (x[i]! - mean[c]!) * inverse + shift[c]!;
  }
}

export function batchNormGradient(operands: GradientInputs, out: Gradients): void {
  const [x, dy] = [valuesOf(operands.x), valuesOf(operands.dy)];
  const [means, inverses] = [valuesOf(operands.mean), valuesOf(operands.inverseDeviation)];
  const [scale, dScale, dShift] = [
    valuesOf(operands.scale),
    valuesOf(out.dScale),
    valuesOf(out.dShift),
  ];
  channelGroups(operands.x).forEach((group, c) => {
    const [mean, inverse] = [means[c]!, inverses[c]!];
    let [sum, dot] = [0, 0];
    for (let i = 0; i < group.count; i++) {
      const at = group.start + i * group.stride;
      sum += dy[at]!;
      dot += dy[at]! * (x[at]! - mean) * inverse;
    }
    // With x̂ = (x − mean) · inverse: ∂L/∂scale = Σ dy · x̂, ∂L/∂shift = Σ dy, and
    // ∂L/∂x = scale · inverse · (dy − mean(dy) − x̂ · mean(dy · x̂)).
    if (out.dx !== null) {
      const dx = valuesOf(out.dx);
      for (let i = 0; i < group.count; i++) {
        const at = group.start + i * group.stride;
        const normal = (x[at]! - mean) * inverse;
        dx[at] = scale[c]! * inverse * (dy[at]! - sum / group.count - normal * dot / group.count);
      }
    }
    dScale[c] = dot;
    dShift[c] = sum;
  });
}

export function layerNorm(
  operands: Inputs,
  options: { readonly epsilon: number },
  out: { readonly y: Operand; readonly mean: Operand; readonly inverseDeviation: Operand },
): void {
  const [x, y] = [valuesOf(operands.x), valuesOf(out.y)];
  const [scale, shift] = [valuesOf(operands.scale), valuesOf(operands.shift)];
  rowGroups(operands.x).forEach((group, row) => {
    const { mean, variance } = moments(x, group);
    const inverse = 1 / Math.sqrt(variance + options.epsilon);
    for (let c = 0; c < group.count; c++) {
      y[group.start + c] = scale[c]! * (x[group.start + c]! - mean) * inverse + shift[c]!;
    }
    valuesOf(out.mean)[row] = mean;
    valuesOf(out.inverseDeviation)[row] = inverse;
  });
}

export function layerNormGradient(operands: GradientInputs, out: Gradients): void {
  const [x, dy, scale] = [valuesOf(operands.x), valuesOf(operands.dy), valuesOf(operands.scale)];
  const [means, inverses] = [valuesOf(operands.mean), valuesOf(operands.inverseDeviation)];
  const features = operands.x.shape.at(-1)!;
  const [dScale, dShift] = [new Float64Array(features), new Float64Array(features)];
  rowGroups(operands.x).forEach((group, row) => {
    const [mean, inverse] = [means[row]!, inverses[row]!];
    let [sum, dot] = [0, 0];
    for (let c = 0; c < features; c++) {
      const at = group.start + c;
      const normal = (x[at]! - mean) * inverse;
      dScale[c]! += dy[at]! * normal;
      dShift[c]! += dy[at]!;
      sum += dy[at]! * scale[c]!;
      dot += dy[at]! * scale[c]! * normal;
    }
    // As for batch norm, with dy · scale in place of dy, since the scale differs within a row.
    if (out.dx !== null) {
      const dx = valuesOf(out.dx);
      for (let c = 0; c < features; c++) {
        const at = group.start + c;
        const normal = (x[at]! - mean) * inverse;
        dx[at] = inverse * (dy[at]! * scale[c]! - sum / features - normal * dot / features);
      }
    }
  });
  valuesOf(out.dScale).set(dScale);
  valuesOf(out.dShift).set(dShift);
}

/** Mean and biased variance, in two passes: squares of small differences do not cancel. */
function moments(x: NumericArray, group: Group): { mean: number; variance: number } {
  const { start, stride, count } = group;
  let mean = 0;
  for (let i = 0; i < count; i++) mean += x[start + i * stride]! / count;
  let variance = 0;
  for (let i = 0; i < count; i++) variance += (x[start + i * stride]! - mean) ** 2 / count;
  return { mean, variance };
}

function channelGroups(x: Operand): Group[] {
  const channels = x.shape.at(-1)!;
  const count = sizeOf(x.shape) / channels;
  return Array.from({ length: channels }, (_, c) => ({ start: c, stride: channels, count }));
}

function rowGroups(x: Operand): Group[] {
  const count = x.shape.at(-1)!;
  const rows = sizeOf(x.shape) / count;
  return Array.from({ length: rows }, (_, row) => ({ start: row * count, stride: 1, count }));
}
