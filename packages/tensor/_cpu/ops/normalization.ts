import type { Operand } from "../../backend.ts";
import type { Machine } from "../machine.ts";
import { addressOf } from "../storage.ts";
import { sumsBytes } from "./reduction.ts";
import { forEachRowPart, matrixOf } from "./row_parts.ts";

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

/** Two rows of accumulators for each part, the second `second` bytes behind the first. */
function accumulators(
  machine: Machine,
  columns: number,
): { sums: number; second: number; stride: number } {
  const second = sumsBytes(columns);
  const stride = 2 * second;
  return {
    sums: machine.scratch(
      0,
      machine.threads.count * stride,
      "the partial sums of a normalisation",
    ),
    second,
    stride,
  };
}

export function batchNorm(
  machine: Machine,
  { x, scale, shift }: Inputs,
  { epsilon, momentum, out }: {
    epsilon: number;
    momentum: number;
    out: {
      readonly y: Operand;
      readonly mean: Operand;
      readonly inverseDeviation: Operand;
      readonly runningMean: Operand;
      readonly runningVariance: Operand;
    };
  },
): void {
  const { rows, columns } = matrixOf(x);
  const { channelSums, channelMoments } = machine.kernels.normalization;
  const [origin, mean, inverse] = [x, out.mean, out.inverseDeviation].map(addressOf) as Three;
  const { sums, second, stride } = accumulators(machine, columns);
  const parts = forEachRowPart(machine, { rows, columns }, (part, first, count) => {
    const from = origin + 4 * first * columns;
    const to = sums + part * stride;
    machine.threads.call(part, channelSums, from, count, columns, origin, to, to + second);
  });
  machine.threads.call(
    0,
    channelMoments,
    sums,
    sums + second,
    parts,
    stride,
    origin,
    rows,
    columns,
    epsilon,
    momentum,
    mean,
    inverse,
    addressOf(out.runningMean),
    addressOf(out.runningVariance),
  );
  normalize(machine, { x, y: out.y, scale, shift }, { mean, inverse });
}

type Three = [number, number, number];

export function batchNormInference(
  machine: Machine,
  operands: Inputs & { readonly mean: Operand; readonly variance: Operand },
  { epsilon, out }: { epsilon: number; out: Operand },
): void {
  const channels = operands.variance.shape[0]!;
  const inverse = machine.scratch(0, 4 * channels, "the deviations of channels");
  const { floats } = machine.heap;
  const variance = addressOf(operands.variance) / 4;
  for (let c = 0; c < channels; c++) {
    floats[inverse / 4 + c] = 1 / Math.sqrt(floats[variance + c]! + epsilon);
  }
  normalize(machine, { ...operands, y: out }, { mean: addressOf(operands.mean), inverse });
}

function normalize(
  machine: Machine,
  { x, y, scale, shift }: Inputs & { y: Operand },
  { mean, inverse }: { mean: number; inverse: number },
): void {
  const { rows, columns } = matrixOf(x);
  const kernel = machine.kernels.normalization.normalizeChannels;
  const [from, to, scales, shifts] = [
    addressOf(x),
    addressOf(y),
    addressOf(scale),
    addressOf(shift),
  ];
  forEachRowPart(machine, { rows, columns }, (part, first, count) => {
    const offset = 4 * first * columns;
    machine.threads.call(
      part,
      kernel,
      from + offset,
      count,
      columns,
      mean,
      inverse,
      scales,
      shifts,
      to + offset,
    );
  });
}

/** Sums ∂L/∂scale and ∂L/∂shift by parts of the rows, and then over the parts. */
function sumGradients(
  machine: Machine,
  { rows, columns, dScale, dShift }: {
    rows: number;
    columns: number;
    dScale: number;
    dShift: number;
  },
  body: (part: number, first: number, count: number, dots: number, sums: number) => void,
): void {
  const { finish } = machine.kernels.reductions.sum;
  const { sums, second, stride } = accumulators(machine, columns);
  const parts = forEachRowPart(machine, { rows, columns }, (part, first, count) => {
    const to = sums + part * stride;
    body(part, first, count, to, to + second);
  });
  machine.threads.call(0, finish, sums, parts, stride, columns, dScale, 1);
  machine.threads.call(0, finish, sums + second, parts, stride, columns, dShift, 1);
}

export function batchNormGradient(
  machine: Machine,
  { x, dy, scale, mean, inverseDeviation }: GradientInputs,
  out: Gradients,
): void {
  const { rows, columns } = matrixOf(x);
  const { channelGradients, channelInputGradient } = machine.kernels.normalization;
  const [from, slopes, scales] = [x, dy, scale].map(addressOf) as Three;
  const [means, inverses] = [addressOf(mean), addressOf(inverseDeviation)];
  const [dScale, dShift] = [addressOf(out.dScale), addressOf(out.dShift)];
  sumGradients(machine, { rows, columns, dScale, dShift }, (part, first, count, dots, sums) => {
    const offset = 4 * first * columns;
    machine.threads.call(
      part,
      channelGradients,
      from + offset,
      slopes + offset,
      count,
      columns,
      means,
      inverses,
      dots,
      sums,
    );
  });
  if (out.dx === null) return;
  const dx = addressOf(out.dx);
  forEachRowPart(machine, { rows, columns }, (part, first, count) => {
    const offset = 4 * first * columns;
    machine.threads.call(
      part,
      channelInputGradient,
      from + offset,
      slopes + offset,
      count,
      columns,
      means,
      inverses,
      scales,
      dScale,
      dShift,
      1 / rows,
      dx + offset,
    );
  });
}

export function layerNorm(
  machine: Machine,
  { x, scale, shift }: Inputs,
  { epsilon, out }: {
    epsilon: number;
    out: { readonly y: Operand; readonly mean: Operand; readonly inverseDeviation: Operand };
  },
): void {
  const { rows, columns } = matrixOf(x);
  const kernel = machine.kernels.normalization.layerNorm;
  const [from, scales, shifts] = [x, scale, shift].map(addressOf) as Three;
  const [y, mean, inverse] = [out.y, out.mean, out.inverseDeviation].map(addressOf) as Three;
  forEachRowPart(machine, { rows, columns }, (part, first, count) => {
    const offset = 4 * first * columns;
    machine.threads.call(
      part,
      kernel,
      from + offset,
      count,
      columns,
      epsilon,
      scales,
      shifts,
      y + offset,
      mean + 4 * first,
      inverse + 4 * first,
    );
  });
}

export function layerNormGradient(
  machine: Machine,
  { x, dy, scale, mean, inverseDeviation }: GradientInputs,
  out: Gradients,
): void {
  const { rows, columns } = matrixOf(x);
  const { featureGradients, layerNormGradient } = machine.kernels.normalization;
  const [from, slopes, scales] = [x, dy, scale].map(addressOf) as Three;
  const [means, inverses] = [addressOf(mean), addressOf(inverseDeviation)];
  const gradients = {
    rows,
    columns,
    dScale: addressOf(out.dScale),
    dShift: addressOf(out.dShift),
  };
  sumGradients(machine, gradients, (part, first, count, dots, sums) => {
    const offset = 4 * first * columns;
    machine.threads.call(
      part,
      featureGradients,
      from + offset,
      slopes + offset,
      count,
      columns,
      means + 4 * first,
      inverses + 4 * first,
      dots,
      sums,
    );
  });
  if (out.dx === null) return;
  const dx = addressOf(out.dx);
  forEachRowPart(machine, { rows, columns }, (part, first, count) => {
    const offset = 4 * first * columns;
    machine.threads.call(
      part,
      layerNormGradient,
      from + offset,
      slopes + offset,
      count,
      columns,
      scales,
      means + 4 * first,
      inverses + 4 * first,
      dx + offset,
    );
  });
}
