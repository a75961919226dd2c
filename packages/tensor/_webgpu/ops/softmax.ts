import type { Backend } from "../../backend.ts";
import type { Machine } from "../machine.ts";

export function softmax(_machine: Machine, ..._: Parameters<Backend["softmax"]>): void {
  throw new Error(
    "Cannot run softmax on the webgpu backend as it must have the kernel: found none",
  );
}

export function logSoftmax(_machine: Machine, ..._: Parameters<Backend["logSoftmax"]>): void {
  throw new Error(
    "Cannot run logSoftmax on the webgpu backend as it must have the kernel: found none",
  );
}

export function softmaxGradient(
  _machine: Machine,
  ..._: Parameters<Backend["softmaxGradient"]>
): void {
  throw new Error(
    "Cannot run softmaxGradient on the webgpu backend as it must have the kernel: found none",
  );
}
