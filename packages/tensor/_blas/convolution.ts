import type { Conv2dGeometry, Operand } from "../backend.ts";
import { partsFor } from "../_cpu/ops/framed_images.ts";
import { placedPlan, shapeOf } from "../_cpu/ops/placed_plan.ts";
import { addressOf } from "../_cpu/storage.ts";
import type { ConvolutionShape } from "../_cpu/window_plan.ts";
import type { BlasMachine, Finish } from "./blas_machine.ts";
import { Patches, type Windows } from "./patches.ts";

/** `out = activation(x ⋆ kernel + bias)`. */
export function conv2d(
  lent: BlasMachine,
  { x, kernel, out }: { x: Operand; kernel: Operand; out: Operand },
  { finish, ...geometry }: Conv2dGeometry & { readonly finish: Finish },
): void {
  const shape = shapeOf({ x, kernel, y: out }, geometry);
  const weights = addressOf(kernel);
  correlate(lent, forwardWindows(lent, shape), { source: x, weights, result: out, finish });
}

/** ∂L/∂x at stride 1: the kernel, turned around, slides over dy. */
export function conv2dInputGradient(
  lent: BlasMachine,
  { dy, kernel, out }: { dy: Operand; kernel: Operand; out: Operand },
  geometry: Conv2dGeometry,
): void {
  const shape = shapeOf({ x: out, kernel, y: dy }, geometry);
  const { frame } = placedPlan(lent.machine, "inputGradient", shape).plan;
  const windows: Windows = {
    frame,
    start: geometry.padding,
    channels: shape.y[2],
    kernel: [shape.kernel[0], shape.kernel[1]],
    result: [shape.x[0], shape.x[1]],
    stride: geometry.stride,
    dilation: geometry.dilation,
  };
  const weights = turnAround(lent, kernel);
  correlate(lent, windows, {
    source: dy,
    weights,
    result: out,
    finish: { bias: 0, relu: false },
  });
}

/** ∂L/∂kernel: for each block the patches of x, transposed, times dy; parts sum apart, and are added in order. */
export function conv2dKernelGradient(
  lent: BlasMachine,
  { x, dy, out }: { x: Operand; dy: Operand; out: Operand },
  geometry: Conv2dGeometry,
): void {
  const { threads, kernels } = lent.machine;
  const shape = shapeOf({ x, kernel: out, y: dy }, geometry);
  const windows = forwardWindows(lent, shape);
  const patches = new Patches(lent, windows, { images: x.shape[0]! });
  const filters = shape.y[2];
  const size = patches.pieces * patches.length * filters;
  const parts = partsOf(lent, patches, { images: x.shape[0]!, windows, size });
  const [slopes, total] = [addressOf(dy), addressOf(out)];
  // Part 0 sums into the result.
  const sums = Array.from({ length: parts }, () => total);
  const spareBytes = parts === 1 ? 0 : 4 * size;
  patches.forEachBlock(x, { parts, spareBytes }, (part, block) => {
    if (part > 0) sums[part] = block.spare;
    for (let piece = 0; piece < patches.pieces; piece++) {
      lent.multiply(part, {
        m: patches.length,
        n: filters,
        k: block.pixels,
        a: block.patches + piece * patches.pieceBytes,
        aStride: patches.length,
        transposeA: true,
        b: slopes + 4 * block.pixel * filters,
        bStride: filters,
        transposeB: false,
        c: sums[part]! + 4 * piece * patches.length * filters,
        cStride: filters,
        accumulate: !block.isFirst,
      });
    }
  });
  threads.join();
  const { add } = kernels.elementwise.binary;
  for (let part = 1; part < parts; part++) {
    threads.call(0, add.bothVary, total, 0, sums[part]!, 0, total, 1, size);
  }
}

function correlate(
  lent: BlasMachine,
  windows: Windows,
  { source, weights, result, finish }: {
    source: Operand;
    weights: number;
    result: Operand;
    finish: Finish;
  },
): void {
  const images = source.shape[0]!;
  const filters = result.shape[3]!;
  const patches = new Patches(lent, windows, { images });
  const size = patches.pieces * patches.length * filters;
  const parts = partsOf(lent, patches, { images, windows, size });
  const y = addressOf(result);
  patches.forEachBlock(source, { parts, spareBytes: 0 }, (part, block) => {
    const rows = {
      m: block.pixels,
      n: filters,
      c: y + 4 * block.pixel * filters,
      cStride: filters,
    };
    for (let piece = 0; piece < patches.pieces; piece++) {
      lent.multiply(part, {
        ...rows,
        k: patches.length,
        a: block.patches + piece * patches.pieceBytes,
        aStride: patches.length,
        transposeA: false,
        b: weights + 4 * piece * patches.length * filters,
        bStride: filters,
        transposeB: false,
        accumulate: piece > 0,
      });
    }
    lent.finish(part, rows, finish);
  });
  lent.machine.threads.join();
}

/** Into how many parts to cut the strips of all images; `size` is of the kernel. */
function partsOf(
  { machine }: BlasMachine,
  { strips }: Patches,
  { images, windows, size }: { images: number; windows: Windows; size: number },
): number {
  const [rows, columns] = windows.result;
  return partsFor(machine, {
    images: images * strips,
    productsPerImage: rows * columns * size / strips,
  });
}

function forwardWindows({ machine }: BlasMachine, shape: ConvolutionShape): Windows {
  return {
    frame: placedPlan(machine, "forward", shape).plan.frame,
    start: [0, 0],
    channels: shape.x[2],
    kernel: [shape.kernel[0], shape.kernel[1]],
    result: [shape.y[0], shape.y[1]],
    stride: shape.stride,
    dilation: shape.dilation,
  };
}

/** `[height, width, channels, filters]` to `[height, width, filters, channels]`, the last tap first. */
function turnAround({ machine }: BlasMachine, kernel: Operand): number {
  const [height, width, channels, filters] = kernel.shape as [number, number, number, number];
  const tapBytes = 4 * channels * filters;
  const taps = height * width;
  const to = machine.scratch(
    machine.threads.count,
    taps * tapBytes,
    "the kernel of a convolution, turned around",
  );
  const last = addressOf(kernel) + (taps - 1) * tapBytes;
  for (let tap = 0; tap < taps; tap++) {
    machine.threads.call(
      0,
      machine.kernels.movement.copyStrided,
      last - tap * tapBytes,
      4,
      4 * filters,
      to + tap * tapBytes,
      4 * channels,
      4,
      filters,
      channels,
    );
  }
  return to;
}
