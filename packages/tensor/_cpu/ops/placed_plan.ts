import type { Conv2dGeometry, Operand } from "../../backend.ts";
import type { Machine } from "../machine.ts";
import type { Table } from "../tables.ts";
import {
  type ConvolutionShape,
  forwardPlan,
  type Frame,
  inputGradientPlan,
  type Phase,
  type Tap,
  type WindowPlan,
} from "../window_plan.ts";

/** The most numbers of a patch in one go: a panel of the kernel stays in the first cache. */
const PATCH_BLOCK = 768;

/** A phase with its tables in memory. */
export interface PlacedPhase {
  readonly count: number;
  readonly patches: number;
  /** 0 where the result's pixels are contiguous. */
  readonly pixels: number;
  readonly taps: readonly Tap[];
  readonly runs: readonly number[];
  readonly runLength: number;
  /** Runs in one go, and the table of how far to move before each. */
  readonly runsPerBlock: number;
  readonly steps: number;
  /** The table of where each run begins in a patch. */
  readonly offsets: number;
}

/** A plan with its tables in memory. */
export interface PlacedPlan {
  readonly frame: Frame;
  readonly phases: readonly PlacedPhase[];
}

/** Lengths of a convolution's operands. */
export function shapeOf(
  { x, kernel, y }: { x: Operand; kernel: Operand; y: Operand },
  { stride, padding, dilation, groups }: Conv2dGeometry,
): ConvolutionShape {
  return {
    x: x.shape.slice(1) as unknown as ConvolutionShape["x"],
    kernel: kernel.shape.slice(0, 3) as unknown as ConvolutionShape["kernel"],
    y: y.shape.slice(1) as unknown as ConvolutionShape["y"],
    stride,
    padding,
    dilation,
    groups,
  };
}

/** The plan of a direction, its tables in memory. */
export function placedPlan(
  machine: Machine,
  direction: "forward" | "inputGradient",
  shape: ConvolutionShape,
): Table<PlacedPlan> {
  const { x, kernel, y, stride, padding, dilation, groups } = shape;
  const key = `${direction} ${x} ${kernel} ${y} ${stride} ${padding} ${dilation} ${groups}`;
  return machine.tables.take(key, () => {
    return direction === "forward"
      ? place(forwardPlan(shape), 4 * y[2])
      : place(inputGradientPlan(shape), 4 * x[2]);
  });
}

function place(
  { frame, phases }: WindowPlan,
  pixelBytes: number,
): { words: number[]; plan: PlacedPlan } {
  const words: number[] = [];
  const put = (table: readonly number[]): number => {
    const offset = 4 * words.length;
    for (const word of table) words.push(word);
    return offset;
  };
  const placed = phases.map((phase): PlacedPhase => {
    const runsPerBlock = Math.max(1, Math.floor(PATCH_BLOCK / phase.runLength));
    const patches = put(phase.patches);
    const steps = put(stepsOf(phase, runsPerBlock));
    return {
      count: phase.patches.length,
      patches,
      pixels: isContiguous(phase.pixels, pixelBytes) ? 0 : put(phase.pixels),
      taps: phase.taps,
      runs: phase.runs,
      runLength: phase.runLength,
      runsPerBlock,
      steps,
      offsets: put(phase.runs),
    };
  });
  return { words, plan: { frame, phases: placed } };
}

/** How far the pointers move before each run: from the end of the one before, or, at a block's start, from the patch's. */
function stepsOf({ runs, runLength }: Phase, runsPerBlock: number): number[] {
  return runs.map((offset, run) =>
    run % runsPerBlock === 0 ? offset : offset - runs[run - 1]! - 4 * runLength
  );
}

/** Whether pixels follow each other from 0 on. */
function isContiguous(pixels: readonly number[], pixelBytes: number): boolean {
  return pixels.every((offset, at) => offset === at * pixelBytes);
}
