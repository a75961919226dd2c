import type { Operand } from "../../backend.ts";
import { stridesOf } from "../../shape.ts";
import { gatherRun } from "../kernels/gather.ts";
import { gatherGradientRun } from "../kernels/gather_gradient.ts";
import { stridedCopyRun } from "../kernels/strided_copy.ts";
import type { Machine } from "../machine.ts";

export function transpose(
  machine: Machine,
  x: Operand,
  permutation: readonly number[],
  out: Operand,
): void {
  const own = stridesOf(x.shape);
  const strides = permutation.map((axis) => own[axis]!);
  machine.run(stridedCopyRun("gather", { x, out }, { shape: out.shape, start: 0, strides }));
}

export function slice(
  machine: Machine,
  x: Operand,
  options: { readonly start: readonly number[]; readonly step: readonly number[] },
  out: Operand,
): void {
  const own = stridesOf(x.shape);
  const start = own.reduce((sum, stride, axis) => sum + stride * options.start[axis]!, 0);
  const strides = own.map((stride, axis) => stride * options.step[axis]!);
  machine.run(stridedCopyRun("gather", { x, out }, { shape: out.shape, start, strides }));
}

export function paste(
  machine: Machine,
  x: Operand,
  options: { readonly axis: number; readonly start: number },
  out: Operand,
): void {
  const strides = stridesOf(out.shape);
  const start = options.start * (strides[options.axis] ?? 1);
  machine.run(stridedCopyRun("scatter", { x, out }, { shape: x.shape, start, strides }));
}

export function gather(
  machine: Machine,
  x: Operand,
  indices: Operand,
  axis: number,
  out: Operand,
): void {
  const shape = {
    length: x.shape[axis]!,
    count: out.shape[axis]!,
    stride: stridesOf(x.shape)[axis]!,
  };
  machine.run(gatherRun({ x, indices, out }, shape));
}

export function gatherGradient(
  machine: Machine,
  dy: Operand,
  indices: Operand,
  axis: number,
  out: Operand,
): void {
  const shape = {
    length: out.shape[axis]!,
    count: dy.shape[axis]!,
    stride: stridesOf(out.shape)[axis]!,
  };
  machine.run(gatherGradientRun({ dy, indices, out }, shape));
}
