import type { Operand } from "../backend.ts";
import { sizeOf, stridesOf } from "../shape.ts";
import { walk } from "./places.ts";
import { valuesOf } from "./storage.ts";

export function transpose(x: Operand, permutation: readonly number[], out: Operand): void {
  const [from, to] = [valuesOf(x), valuesOf(out)];
  const own = stridesOf(x.shape);
  const strides = permutation.map((axis) => own[axis]!);
  walk(out.shape, [{ start: 0, strides }], (i, [j]) => {
    to[i] = from[j!]!;
  });
}

export function slice(
  x: Operand,
  options: { readonly start: readonly number[]; readonly step: readonly number[] },
  out: Operand,
): void {
  const [from, to] = [valuesOf(x), valuesOf(out)];
  const own = stridesOf(x.shape);
  const start = own.reduce((sum, stride, axis) => sum + stride * options.start[axis]!, 0);
  const strides = own.map((stride, axis) => stride * options.step[axis]!);
  walk(out.shape, [{ start, strides }], (i, [j]) => {
    to[i] = from[j!]!;
  });
}

export function paste(
  x: Operand,
  options: { readonly axis: number; readonly start: number },
  out: Operand,
): void {
  const [from, to] = [valuesOf(x), valuesOf(out)];
  const strides = stridesOf(out.shape);
  const start = options.start * (strides[options.axis] ?? 1);
  walk(x.shape, [{ start, strides }], (i, [j]) => {
    to[j!] = from[i]!;
  });
}

export function gather(x: Operand, indices: Operand, axis: number, out: Operand): void {
  const [from, at, to] = [valuesOf(x), valuesOf(indices), valuesOf(out)];
  const length = x.shape[axis]!;
  const stride = stridesOf(x.shape)[axis]!;
  const count = out.shape[axis]!;
  const size = sizeOf(out.shape);
  for (let i = 0; i < size; i++) {
    const index = at[Math.floor(i / stride) % count]!;
    const outer = Math.floor(i / (stride * count));
    to[i] = index >= 0 && index < length
      ? from[(outer * length + index) * stride + i % stride]!
      : NaN;
  }
}

export function gatherGradient(
  dy: Operand,
  indices: Operand,
  axis: number,
  out: Operand,
): void {
  const [from, at, to] = [valuesOf(dy), valuesOf(indices), valuesOf(out)];
  const length = out.shape[axis]!;
  const stride = stridesOf(out.shape)[axis]!;
  const count = dy.shape[axis]!;
  const size = sizeOf(dy.shape);
  to.fill(0, 0, sizeOf(out.shape));
  for (let i = 0; i < size; i++) {
    const index = at[Math.floor(i / stride) % count]!;
    const outer = Math.floor(i / (stride * count));
    if (index >= 0 && index < length) {
      to[(outer * length + index) * stride + i % stride]! += from[i]!;
    }
  }
}
