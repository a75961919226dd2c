import type { Conv2dGeometry, Epilogue, Operand } from "../../backend.ts";
import { addPartsRun } from "../kernels/add_parts.ts";
import { correlateRun } from "../kernels/correlate.ts";
import type { Correlation } from "../kernels/correlation.ts";
import { depthwiseRun } from "../kernels/depthwise.ts";
import { depthwiseKernelGradientRun } from "../kernels/depthwise_kernel_gradient.ts";
import { PLAIN, type Store } from "../kernels/epilogue.ts";
import { kernelGradientRun } from "../kernels/kernel_gradient.ts";
import type { Patches } from "../kernels/patches.ts";
import type { Machine } from "../machine.ts";
import { planProduct } from "./product_plan.ts";

type Shape4 = readonly [number, number, number, number];

export function conv2d(
  machine: Machine,
  x: Operand,
  kernel: Operand,
  options: Conv2dGeometry & Epilogue,
  out: Operand,
): void {
  const { groups, bias = null, activation = null } = options;
  const [, kernelWidth, channels, filters] = kernel.shape as Shape4;
  const [images, rows, columns] = out.shape as Shape4;
  correlate(machine, { source: x, kernel, bias, out, activation }, {
    ...patchesOf(kernel, options, out),
    images,
    groups,
    n: filters / groups,
    weights: {
      isTransposed: false,
      start: 0,
      pitch: filters,
      step: [kernelWidth * channels * filters, channels * filters],
    },
    result: {
      start: 0,
      step: [columns * filters, filters],
      imageSize: rows * columns * filters,
    },
  });
}

/** The patches of x that y consists of. */
function patchesOf(
  kernel: Operand,
  { stride, padding, dilation }: Conv2dGeometry,
  y: Operand,
): Patches {
  const [kernelHeight, kernelWidth, channels] = kernel.shape as Shape4;
  const [, rows, columns] = y.shape as Shape4;
  return {
    pixels: [rows, columns],
    pixelStep: stride,
    start: [-padding[0], -padding[1]],
    taps: [kernelHeight, kernelWidth],
    tapStep: dilation,
    channels,
  };
}

/**
 * Pixel `h` of x meets tap `k` in pixel `(h + padding − k · dilation) / stride` of y, where that is whole: so
 * the pixels fall into `stride²` phases, each a correlation with taps of its own.
 */
export function conv2dInputGradient(
  machine: Machine,
  dy: Operand,
  kernel: Operand,
  options: Conv2dGeometry,
  out: Operand,
): void {
  const { stride, groups } = options;
  const [, kernelWidth, inner, filters] = kernel.shape as Shape4;
  const [images, height, width, channels] = out.shape as Shape4;
  const tapSize = inner * filters;
  for (let row = 0; row < Math.min(stride[0], height); row++) {
    for (let column = 0; column < Math.min(stride[1], width); column++) {
      const down = phaseOf(row, { axis: 0, kernel, options, x: out });
      const right = phaseOf(column, { axis: 1, kernel, options, x: out });
      correlate(machine, { source: dy, kernel, bias: null, out, activation: null }, {
        images,
        pixels: [down.pixels, right.pixels],
        pixelStep: [1, 1],
        start: [down.start, right.start],
        taps: [down.taps, right.taps],
        tapStep: [down.tapStep, right.tapStep],
        channels: filters / groups,
        groups,
        n: inner,
        weights: {
          isTransposed: true,
          start: (down.firstTap * kernelWidth + right.firstTap) * tapSize,
          pitch: filters,
          step: [down.everyTap * kernelWidth * tapSize, right.everyTap * tapSize],
        },
        result: {
          start: (row * width + column) * channels,
          step: [stride[0] * width * channels, stride[1] * channels],
          imageSize: height * width * channels,
        },
      });
    }
  }
}

/** One axis of a phase of the input's gradient. */
interface Phase {
  readonly pixels: number;
  readonly taps: number;
  readonly firstTap: number;
  /** From one tap to the next that the phase meets. */
  readonly everyTap: number;
  /** The pixel of y where its first pixel meets its first tap. */
  readonly start: number;
  /** Pixels of y from one of its taps to the next. */
  readonly tapStep: number;
}

function phaseOf(
  phase: number,
  { axis, kernel, options, x }: {
    readonly axis: 0 | 1;
    readonly kernel: Operand;
    readonly options: Conv2dGeometry;
    readonly x: Operand;
  },
): Phase {
  const { stride: strides, padding: paddings, dilation: dilations } = options;
  const [stride, padding, dilation] = [strides[axis], paddings[axis], dilations[axis]];
  const taps = Array.from({ length: kernel.shape[axis]! }, (_, tap) => tap)
    .filter((tap) => (phase + padding - tap * dilation) % stride === 0);
  const [firstTap = 0, secondTap = firstTap] = taps;
  return {
    pixels: Math.ceil((x.shape[1 + axis]! - phase) / stride),
    taps: taps.length,
    firstTap,
    everyTap: secondTap - firstTap,
    start: taps.length === 0 ? 0 : (phase + padding - firstTap * dilation) / stride,
    tapStep: (firstTap - secondTap) * dilation / stride,
  };
}

function correlate(
  machine: Machine,
  { activation, ...operands }: {
    readonly source: Operand;
    readonly kernel: Operand;
    readonly bias: Operand | null;
    readonly out: Operand;
    readonly activation: Epilogue["activation"];
  },
  correlation: Correlation,
): void {
  const { images, pixels, channels, groups, n } = correlation;
  const hasBias = operands.bias !== null;
  const storeOf = (columns: number): Store => ({
    isVector: columns % 4 === 0,
    accumulate: false,
    hasBias,
    activation,
  });
  if (groups > 1 && channels === 1 && n === 1) {
    machine.run(depthwiseRun(operands, correlation, storeOf(groups)));
    return;
  }
  // Sums are as short as a patch: they are not cut.
  const { tile } = planProduct(machine.family, { m: images * pixels[0] * pixels[1], k: 1, n });
  machine.run(correlateRun(operands, correlation, { tile, store: storeOf(n) }));
}

export function conv2dKernelGradient(
  machine: Machine,
  x: Operand,
  dy: Operand,
  options: Conv2dGeometry,
  out: Operand,
): void {
  const { groups } = options;
  const patches = patchesOf(out, options, dy);
  const [kernelHeight, kernelWidth, inner, filters] = out.shape as Shape4;
  const [images, rows, columns] = dy.shape as Shape4;
  const m = kernelHeight * kernelWidth * inner;
  const isDepthwise = groups > 1 && inner === 1 && filters === groups;
  const { tile, parts, partLength } = planProduct(machine.family, {
    m,
    k: images * rows * columns,
    n: isDepthwise ? filters : filters / groups,
    step: columns,
  });
  const cut = { tile, groups, parts, partLines: partLength / columns };
  const run = (to: Operand) =>
    isDepthwise
      ? machine.run(depthwiseKernelGradientRun({ x, dy, out: to }, patches, cut))
      : machine.run(kernelGradientRun({ x, dy, out: to }, patches, cut));
  if (parts === 1) {
    run(out);
    return;
  }
  const sums = machine.workspace(0, parts * m * filters);
  run(sums);
  const store = { ...PLAIN, isVector: filters % 4 === 0 };
  machine.run(addPartsRun({ parts: sums, bias: null, out }, { count: parts, n: filters, store }));
}
