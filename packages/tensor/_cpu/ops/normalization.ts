import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { Machine } from "../machine.ts";
import { partOfTiles } from "../parts.ts";
import { addressOf } from "../storage.ts";

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

/** `x` as a matrix: its last axis is the columns. */
function matrixOf(x: Operand): { rows: number; columns: number } {
  const columns = x.shape[x.shape.length - 1]!;
  return { rows: sizeOf(x.shape) / columns, columns };
}

/** Runs `body` for each part of the rows or the columns, and waits. */
function forEachPart(
  machine: Machine,
  { size, count, tile }: { size: number; count: number; tile: number },
  body: (part: number, first: number, count: number) => void,
): void {
  const parts = machine.partsFor(size);
  for (let part = parts - 1; part >= 0; part--) {
    const first = partOfTiles(part, parts, { count, tile });
    body(part, first, partOfTiles(part + 1, parts, { count, tile }) - first);
  }
  machine.threads.join();
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
  const kernel = machine.kernels.normalization.channelMoments;
  const [from, mean, inverse] = [x, out.mean, out.inverseDeviation].map(addressOf) as Three;
  const [runningMean, runningVariance] = [
    addressOf(out.runningMean),
    addressOf(out.runningVariance),
  ];
  forEachPart(machine, { size: rows * columns, count: columns, tile: 16 }, (part, first, count) => {
    const offset = 4 * first;
    machine.threads.call(
      part,
      kernel,
      from + offset,
      rows,
      4 * columns,
      count,
      epsilon,
      momentum,
      mean + offset,
      inverse + offset,
      runningMean + offset,
      runningVariance + offset,
    );
  });
  normalize(machine, { x, y: out.y, scale, shift }, { mean, inverse });
}

type Three = [number, number, number];

export function batchNormInference(
  machine: Machine,
  operands: Inputs & { readonly mean: Operand; readonly variance: Operand },
  { epsilon, out }: { epsilon: number; out: Operand },
): void {
  const channels = operands.variance.shape[0]!;
  const inverse = machine.scratch(0, 4 * channels);
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
  forEachPart(machine, { size: rows * columns, count: rows, tile: 1 }, (part, first, count) => {
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
  const size = rows * columns;
  forEachPart(machine, { size, count: columns, tile: 16 }, (part, first, count) => {
    const offset = 4 * first;
    machine.threads.call(
      part,
      channelGradients,
      from + offset,
      slopes + offset,
      rows,
      4 * columns,
      count,
      means + offset,
      inverses + offset,
      dScale + offset,
      dShift + offset,
    );
  });
  if (out.dx === null) return;
  const dx = addressOf(out.dx);
  forEachPart(machine, { size, count: rows, tile: 1 }, (part, first, count) => {
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
  forEachPart(machine, { size: rows * columns, count: rows, tile: 16 }, (part, first, count) => {
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
  machine.threads.call(
    0,
    featureGradients,
    from,
    slopes,
    rows,
    columns,
    means,
    inverses,
    addressOf(out.dScale),
    addressOf(out.dShift),
  );
  if (out.dx === null) return;
  const dx = addressOf(out.dx);
  forEachPart(machine, { size: rows * columns, count: rows, tile: 1 }, (part, first, count) => {
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
