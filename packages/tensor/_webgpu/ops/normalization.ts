import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import {
  batchNormInputGradientRun,
  momentsRun,
  normalizeRun,
  statisticsRun,
} from "../kernels/batch_norm.ts";
import { layerNormInputGradientRun, layerNormRun } from "../kernels/layer_norm.ts";
import { addSlopesRun, type ChannelParts, slopesRun } from "../kernels/slopes.ts";
import type { Machine } from "../machine.ts";

/** Slot of what the parts of a channel come to. */
const SLOT = 0;

/** Invocations that keep a device busy. */
const ENOUGH_INVOCATIONS = 16_384;

interface GradientOperands {
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

export function batchNorm(
  machine: Machine,
  operands: { readonly x: Operand; readonly scale: Operand; readonly shift: Operand },
  options: { readonly epsilon: number; readonly momentum: number },
  out: {
    readonly y: Operand;
    readonly mean: Operand;
    readonly inverseDeviation: Operand;
    readonly runningMean: Operand;
    readonly runningVariance: Operand;
  },
): void {
  const { y, ...statistics } = out;
  const parts = partsOf(operands.x);
  const moments = machine.workspace(SLOT, 2 * parts.parts * parts.channels);
  machine.run(momentsRun({ x: operands.x, out: moments }, parts));
  machine.run(statisticsRun({ moments, ...statistics }, options, parts));
  const { mean, inverseDeviation: spread } = statistics;
  machine.run(normalizeRun({ ...operands, mean, spread, out: y }, null));
}

export function batchNormInference(
  machine: Machine,
  operands: {
    readonly x: Operand;
    readonly scale: Operand;
    readonly shift: Operand;
    readonly mean: Operand;
    readonly variance: Operand;
  },
  options: { readonly epsilon: number },
  out: Operand,
): void {
  const { variance: spread, ...others } = operands;
  machine.run(normalizeRun({ ...others, spread, out }, options.epsilon));
}

export function batchNormGradient(
  machine: Machine,
  operands: GradientOperands,
  { dx, dScale, dShift }: Gradients,
): void {
  const { scale, ...others } = operands;
  const parts = partsOf(operands.x);
  const slopes = machine.workspace(SLOT, 2 * parts.parts * parts.channels);
  machine.run(slopesRun({ ...others, out: slopes }, parts, "channel"));
  machine.run(addSlopesRun({ slopes, dScale, dShift }, parts));
  if (dx === null) return;
  machine.run(batchNormInputGradientRun({ ...others, scale, dScale, dShift, out: dx }));
}

export function layerNorm(
  machine: Machine,
  operands: { readonly x: Operand; readonly scale: Operand; readonly shift: Operand },
  options: { readonly epsilon: number },
  out: { readonly y: Operand; readonly mean: Operand; readonly inverseDeviation: Operand },
): void {
  machine.run(layerNormRun({ ...operands, ...out }, options));
}

export function layerNormGradient(
  machine: Machine,
  operands: GradientOperands,
  { dx, dScale, dShift }: Gradients,
): void {
  const { scale, ...others } = operands;
  if (dx !== null) machine.run(layerNormInputGradientRun({ ...others, scale, out: dx }));
  const parts = partsOf(operands.x);
  const slopes = machine.workspace(SLOT, 2 * parts.parts * parts.channels);
  machine.run(slopesRun({ ...others, out: slopes }, parts, "row"));
  machine.run(addSlopesRun({ slopes, dScale, dShift }, parts));
}

/** Into how many parts the rows are cut, so that each has some tens, and all invocations have work. */
function partsOf(x: Operand): ChannelParts {
  const channels = x.shape.at(-1)!;
  const rows = sizeOf(x.shape) / channels;
  const parts = Math.min(Math.ceil(rows / 32), Math.ceil(ENOUGH_INVOCATIONS / channels), 256);
  return { rows, channels, parts };
}
