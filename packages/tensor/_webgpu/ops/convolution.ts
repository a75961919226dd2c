import type { Conv2dGeometry, Epilogue, Operand } from "../../backend.ts";
import { addPartsRun } from "../kernels/add_parts.ts";
import { correlateRun, type Correlation } from "../kernels/correlate.ts";
import { PLAIN } from "../kernels/epilogue.ts";
import { kernelGradientRun } from "../kernels/kernel_gradient.ts";
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
  const { stride, padding, dilation, groups, bias = null, activation = null } = options;
  const [kernelHeight, kernelWidth, channels, filters] = kernel.shape as Shape4;
  const [images, rows, columns] = out.shape as Shape4;
  const n = filters / groups;
  correlate(machine, { source: x, weights: kernel, bias, out }, {
    images,
    pixels: [rows, columns],
    pixelStep: stride,
    start: [-padding[0], -padding[1]],
    taps: [kernelHeight, kernelWidth],
    tapStep: dilation,
    groups,
    channels,
    n,
    isTransposed: false,
    weightLine: filters,
    weightStart: 0,
    weightStep: [kernelWidth * channels * filters, channels * filters],
    outStart: 0,
    outStep: [columns * filters, filters],
    outImage: rows * columns * filters,
  }, activation);
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
      const down = phaseOf(row, { axis: 0, kernel, out, options });
      const right = phaseOf(column, { axis: 1, kernel, out, options });
      correlate(machine, { source: dy, weights: kernel, bias: null, out }, {
        images,
        pixels: [down.pixels, right.pixels],
        pixelStep: [1, 1],
        start: [down.start, right.start],
        taps: [down.taps, right.taps],
        tapStep: [down.tapStep, right.tapStep],
        groups,
        channels: filters / groups,
        n: inner,
        isTransposed: true,
        weightLine: filters,
        weightStart: (down.firstTap * kernelWidth + right.firstTap) * tapSize,
        weightStep: [down.everyTap * kernelWidth * tapSize, right.everyTap * tapSize],
        outStart: (row * width + column) * channels,
        outStep: [stride[0] * width * channels, stride[1] * channels],
        outImage: height * width * channels,
      }, null);
    }
  }
}

/** One axis of a phase of the input's gradient. */
interface Phase {
  readonly pixels: number;
  readonly taps: number;
  readonly firstTap: number;
  /** From one tap to the next that this phase meets. */
  readonly everyTap: number;
  /** The pixel of y where its first pixel meets its first tap. */
  readonly start: number;
  /** Pixels of y from one of its taps to the next. */
  readonly tapStep: number;
}

function phaseOf(
  phase: number,
  { axis, kernel, out, options }: {
    readonly axis: 0 | 1;
    readonly kernel: Operand;
    readonly out: Operand;
    readonly options: Conv2dGeometry;
  },
): Phase {
  const [stride, padding, dilation] = [
    options.stride[axis],
    options.padding[axis],
    options.dilation[axis],
  ];
  const all = Array.from({ length: kernel.shape[axis]! }, (_, tap) => tap);
  const taps = all.filter((tap) => (phase + padding - tap * dilation) % stride === 0);
  const [firstTap = 0, secondTap = firstTap] = taps;
  return {
    pixels: Math.ceil((out.shape[1 + axis]! - phase) / stride),
    taps: taps.length,
    firstTap,
    everyTap: secondTap - firstTap,
    start: taps.length === 0 ? 0 : (phase + padding - firstTap * dilation) / stride,
    tapStep: (firstTap - secondTap) * dilation / stride,
  };
}

function correlate(
  machine: Machine,
  operands: {
    readonly source: Operand;
    readonly weights: Operand;
    readonly bias: Operand | null;
    readonly out: Operand;
  },
  correlation: Correlation,
  activation: Epilogue["activation"],
): void {
  const { images, pixels, n } = correlation;
  const m = images * pixels[0] * pixels[1];
  const { tile } = planProduct({ m, k: 1, n });
  const store = {
    isVector: n % 4 === 0,
    accumulate: false,
    hasBias: operands.bias !== null,
    activation,
  };
  machine.run(correlateRun(operands, correlation, { tile, store }));
}

export function conv2dKernelGradient(
  machine: Machine,
  x: Operand,
  dy: Operand,
  options: Conv2dGeometry,
  out: Operand,
): void {
  const shape = out.shape as Shape4;
  const [kernelHeight, kernelWidth, inner, filters] = shape;
  const [images, rows, columns] = dy.shape as Shape4;
  const { tile, parts, partLength } = planProduct({
    m: kernelHeight * kernelWidth * inner,
    k: images * rows * columns,
    n: filters / options.groups,
    step: columns,
  });
  const partLines = partLength / columns;
  if (parts === 1) {
    machine.run(kernelGradientRun({ x, dy, out }, shape, options, { tile, parts, partLines }));
    return;
  }
  const size = kernelHeight * kernelWidth * inner * filters;
  const sums = machine.workspace(0, parts * size);
  machine.run(kernelGradientRun({ x, dy, out: sums }, shape, options, { tile, parts, partLines }));
  const store = { ...PLAIN, isVector: filters % 4 === 0 };
  machine.run(
    addPartsRun({ parts: sums, bias: null, out }, { count: parts, n: filters, store }),
  );
}
