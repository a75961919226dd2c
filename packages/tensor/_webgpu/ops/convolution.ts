import type { Backend } from "../../backend.ts";
import type { Machine } from "../machine.ts";

export function conv2d(_machine: Machine, ..._: Parameters<Backend["conv2d"]>): void {
  throw new Error("Cannot run conv2d on the webgpu backend as it must have the kernel: found none");
}

export function conv2dInputGradient(
  _machine: Machine,
  ..._: Parameters<Backend["conv2dInputGradient"]>
): void {
  throw new Error(
    "Cannot run conv2dInputGradient on the webgpu backend as it must have the kernel: found none",
  );
}

export function conv2dKernelGradient(
  _machine: Machine,
  ..._: Parameters<Backend["conv2dKernelGradient"]>
): void {
  throw new Error(
    "Cannot run conv2dKernelGradient on the webgpu backend as it must have the kernel: found none",
  );
}
