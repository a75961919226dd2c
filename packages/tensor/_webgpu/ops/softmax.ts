import type { Operand } from "../../backend.ts";
import { softmaxRun } from "../kernels/softmax.ts";
import { softmaxGradientRun } from "../kernels/softmax_gradient.ts";
import type { Machine } from "../machine.ts";

export function softmax(machine: Machine, x: Operand, out: Operand): void {
  machine.run(softmaxRun("softmax", { x, out }));
}

export function logSoftmax(machine: Machine, x: Operand, out: Operand): void {
  machine.run(softmaxRun("logSoftmax", { x, out }));
}

export function softmaxGradient(
  machine: Machine,
  operands: { readonly y: Operand; readonly dy: Operand },
  out: Operand,
): void {
  machine.run(softmaxGradientRun({ ...operands, out }));
}
