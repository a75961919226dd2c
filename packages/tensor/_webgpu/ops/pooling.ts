import type { Operand, PoolGeometry } from "../../backend.ts";
import { averagePool2dGradientRun, averagePool2dRun } from "../kernels/average_pool2d.ts";
import { maxPool2dGradientRun, maxPool2dRun } from "../kernels/max_pool2d.ts";
import type { Machine } from "../machine.ts";

export function maxPool2d(
  machine: Machine,
  x: Operand,
  options: PoolGeometry,
  out: { readonly y: Operand; readonly indices: Operand | null },
): void {
  machine.run(maxPool2dRun({ x, ...out }, options));
}

export function maxPool2dGradient(
  machine: Machine,
  operands: { readonly dy: Operand; readonly indices: Operand },
  options: PoolGeometry,
  out: Operand,
): void {
  machine.run(maxPool2dGradientRun({ ...operands, out }, options));
}

export function averagePool2d(
  machine: Machine,
  x: Operand,
  options: PoolGeometry,
  out: Operand,
): void {
  machine.run(averagePool2dRun({ x, out }, options));
}

export function averagePool2dGradient(
  machine: Machine,
  dy: Operand,
  options: PoolGeometry,
  out: Operand,
): void {
  machine.run(averagePool2dGradientRun({ dy, out }, options));
}
