import type { Conv2dGeometry, Operand } from "../backend.ts";
import type { Kernel } from "../_cpu/library.ts";
import { addressOf } from "../_cpu/storage.ts";
import { fillRows } from "./fill_rows.ts";
import type { Blas } from "./open_blas.ts";
import { Patches, type PatchTools, type Windows } from "./patches.ts";
import type { Workspace } from "./workspace.ts";

/** What convolutions are computed with. */
export interface ConvolutionTools extends PatchTools {
  readonly blas: Blas;
  readonly copyStrided: Kernel;
  /** For a kernel that was turned around. */
  readonly turned: Workspace;
  /** Threads of the library. */
  readonly threads: number;
}

/** `out = x ⋆ kernel + bias`. */
export function conv2d(
  tools: ConvolutionTools,
  { x, kernel, bias, out }: { x: Operand; kernel: Operand; bias: Operand | null; out: Operand },
  geometry: Conv2dGeometry,
): void {
  correlate(tools, windowsOf({ x, kernel, y: out }, geometry), {
    images: x.shape[0]!,
    filters: out.shape[3]!,
    x: addressOf(x),
    weights: addressOf(kernel),
    bias: bias === null ? 0 : addressOf(bias),
    y: addressOf(out),
  });
}

/** Whether {@linkcode conv2dInputGradient} can do it: at stride 1, and not padded beyond the kernel. */
export function isTurnable(
  kernel: Operand,
  { stride, padding, dilation }: Conv2dGeometry,
): boolean {
  return ([0, 1] as const).every((axis) =>
    stride[axis] === 1 && padding[axis] <= (kernel.shape[axis]! - 1) * dilation[axis]
  );
}

/** ∂L/∂x: the kernel, turned around, slides over dy. */
export function conv2dInputGradient(
  tools: ConvolutionTools,
  { dy, kernel, out }: { dy: Operand; kernel: Operand; out: Operand },
  { stride, padding, dilation }: Conv2dGeometry,
): void {
  const [height, width, channels] = kernel.shape as [number, number, number];
  const windows: Windows = {
    image: [dy.shape[1]!, dy.shape[2]!, dy.shape[3]!],
    kernel: [height, width],
    result: [out.shape[1]!, out.shape[2]!],
    stride,
    dilation,
    padding: [(height - 1) * dilation[0] - padding[0], (width - 1) * dilation[1] - padding[1]],
  };
  correlate(tools, windows, {
    images: dy.shape[0]!,
    filters: channels,
    x: addressOf(dy),
    weights: turnAround(tools, kernel),
    bias: 0,
    y: addressOf(out),
  });
}

/** ∂L/∂kernel: for each part, its patches of x, transposed, times dy. */
export function conv2dKernelGradient(
  tools: ConvolutionTools,
  { x, dy, out }: { x: Operand; dy: Operand; out: Operand },
  geometry: Conv2dGeometry,
): void {
  const windows = windowsOf({ x, kernel: out, y: dy }, geometry);
  const patches = new Patches(windows, tools);
  const filters = dy.shape[3]!;
  const partBytes = 4 * patches.length * filters;
  forEachBlock(patches, windows, { images: x.shape[0]!, x: addressOf(x) }, (image, pixels) => {
    for (let part = 0; part < patches.parts; part++) {
      tools.blas.multiply({
        m: patches.length,
        n: filters,
        k: pixels,
        a: patches.of(part),
        transposeA: true,
        b: addressOf(dy) + 4 * image * windows.result[0] * windows.result[1] * filters,
        transposeB: false,
        c: addressOf(out) + part * partBytes,
        accumulate: image > 0,
        threads: tools.threads,
      });
    }
  });
}

/** Operands by address; a bias of 0 is none. */
interface Correlation {
  readonly images: number;
  readonly filters: number;
  readonly x: number;
  readonly weights: number;
  readonly bias: number;
  readonly y: number;
}

function correlate(
  tools: ConvolutionTools,
  windows: Windows,
  { images, filters, x, weights, bias, y }: Correlation,
): void {
  const patches = new Patches(windows, tools);
  const partBytes = 4 * patches.length * filters;
  forEachBlock(patches, windows, { images, x }, (image, pixels) => {
    const c = y + 4 * image * windows.result[0] * windows.result[1] * filters;
    if (bias !== 0) fillRows(tools.heap, { row: bias, length: filters, to: c, rows: pixels });
    for (let part = 0; part < patches.parts; part++) {
      tools.blas.multiply({
        m: pixels,
        n: filters,
        k: patches.length,
        a: patches.of(part),
        transposeA: false,
        b: weights + part * partBytes,
        transposeB: false,
        c,
        accumulate: bias !== 0 || part > 0,
        threads: tools.threads,
      });
    }
  });
}

/** Writes the patches of a block of images, then calls `visit` with its first image and its pixels of y. */
function forEachBlock(
  patches: Patches,
  { image: [height, width, channels], result: [rows, columns] }: Windows,
  { images, x }: { images: number; x: number },
  visit: (image: number, pixels: number) => void,
): void {
  for (let image = 0; image < images; image += patches.images) {
    const count = Math.min(patches.images, images - image);
    patches.write(x + 4 * image * height * width * channels, count);
    visit(image, count * rows * columns);
  }
}

/** `[height, width, channels, filters]` to `[height, width, filters, channels]`, the last tap first. */
function turnAround({ turned, copyStrided }: ConvolutionTools, kernel: Operand): number {
  const [height, width, channels, filters] = kernel.shape as [number, number, number, number];
  const tapBytes = 4 * channels * filters;
  const taps = height * width;
  const to = turned.take(taps * tapBytes);
  const last = addressOf(kernel) + (taps - 1) * tapBytes;
  for (let tap = 0; tap < taps; tap++) {
    copyStrided(
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

function windowsOf(
  { x, kernel, y }: { x: Operand; kernel: Operand; y: Operand },
  { stride, padding, dilation }: Conv2dGeometry,
): Windows {
  return {
    image: [x.shape[1]!, x.shape[2]!, x.shape[3]!],
    kernel: [kernel.shape[0]!, kernel.shape[1]!],
    result: [y.shape[1]!, y.shape[2]!],
    stride,
    padding,
    dilation,
  };
}
