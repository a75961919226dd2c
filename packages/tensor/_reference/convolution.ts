import type { Conv2dGeometry, Epilogue, Operand } from "../backend.ts";
import { sizeOf } from "../shape.ts";
import { valuesOf } from "./storage.ts";

/**
 * Products of the convolution's sum: which number of x meets which of the kernel, and for which of y. So
 * do the `inner` channels from there on, x and the kernel one channel further each time.
 */
type Visit = (x: number, kernel: number, y: number) => void;

export function conv2d(
  x: Operand,
  kernel: Operand,
  options: Conv2dGeometry & Epilogue,
  out: Operand,
): void {
  const [from, weights, to] = [valuesOf(x), valuesOf(kernel), valuesOf(out)];
  const [inner, filters] = [kernel.shape[2]!, kernel.shape[3]!];
  const size = sizeOf(out.shape);
  const biases = options.bias ? valuesOf(options.bias) : null;
  const sums = new Float64Array(size);
  forEachTap([x, kernel, out], options, (i, j, k) => {
    for (let c = 0; c < inner; c++) sums[k]! += from[i + c]! * weights[j + c * filters]!;
  });
  for (let k = 0; k < size; k++) {
    const sum = sums[k]! + (biases === null ? 0 : biases[k % filters]!);
    to[k] = options.activation === "relu" && sum < 0 ? 0 : sum;
  }
}

export function conv2dInputGradient(
  dy: Operand,
  kernel: Operand,
  options: Conv2dGeometry,
  out: Operand,
): void {
  const [slopes, weights] = [valuesOf(dy), valuesOf(kernel)];
  const [inner, filters] = [kernel.shape[2]!, kernel.shape[3]!];
  const dx = new Float64Array(sizeOf(out.shape));
  forEachTap([out, kernel, dy], options, (i, j, k) => {
    for (let c = 0; c < inner; c++) dx[i + c]! += slopes[k]! * weights[j + c * filters]!;
  });
  valuesOf(out).set(dx);
}

export function conv2dKernelGradient(
  x: Operand,
  dy: Operand,
  options: Conv2dGeometry,
  out: Operand,
): void {
  const [from, slopes] = [valuesOf(x), valuesOf(dy)];
  const [inner, filters] = [out.shape[2]!, out.shape[3]!];
  const dw = new Float64Array(sizeOf(out.shape));
  forEachTap([x, out, dy], options, (i, j, k) => {
    for (let c = 0; c < inner; c++) dw[j + c * filters]! += slopes[k]! * from[i + c]!;
  });
  valuesOf(out).set(dw);
}

/**
 * Visits every product of `y[n, i, j, f] = Σ x[n, i·s + k·d − p, …, c] · kernel[k, l, c, f]`, those of a tap
 * `(k, l)` together. Each product is one term of y, and by the product rule one term of ∂L/∂x and one of
 * ∂L/∂kernel, so the three directions are this one walk.
 */
function forEachTap(
  [x, kernel, y]: readonly [Operand, Operand, Operand],
  { stride, padding, dilation, groups }: Conv2dGeometry,
  visit: Visit,
): void {
  const [, height, width, channels] = x.shape as [number, number, number, number];
  const [kernelHeight, kernelWidth, inner] = kernel.shape as [number, number, number];
  const [images, rows, columns, filters] = y.shape as [number, number, number, number];
  const filtersPerGroup = filters / groups;
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        for (let k = 0; k < kernelHeight; k++) {
          const row = i * stride[0] + k * dilation[0] - padding[0];
          if (row < 0 || row >= height) continue;
          for (let l = 0; l < kernelWidth; l++) {
            const column = j * stride[1] + l * dilation[1] - padding[1];
            if (column < 0 || column >= width) continue;
            const xPixel = ((n * height + row) * width + column) * channels;
            const yPixel = ((n * rows + i) * columns + j) * filters;
            const tap = (k * kernelWidth + l) * inner;
            for (let f = 0; f < filters; f++) {
              const firstChannel = Math.floor(f / filtersPerGroup) * inner;
              visit(xPixel + firstChannel, tap * filters + f, yPixel + f);
            }
          }
        }
      }
    }
  }
}
