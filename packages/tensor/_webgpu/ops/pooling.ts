import type { Backend } from "../../backend.ts";
import type { Machine } from "../machine.ts";

export function maxPool2d(_machine: Machine, ..._: Parameters<Backend["maxPool2d"]>): void {
  throw new Error(
    "Cannot run maxPool2d on the webgpu backend as it must have the kernel: found none",
  );
}

export function maxPool2dGradient(
  _machine: Machine,
  ..._: Parameters<Backend["maxPool2dGradient"]>
): void {
  throw new Error(
    "Cannot run maxPool2dGradient on the webgpu backend as it must have the kernel: found none",
  );
}

export function averagePool2d(_machine: Machine, ..._: Parameters<Backend["averagePool2d"]>): void {
  throw new Error(
    "Cannot run averagePool2d on the webgpu backend as it must have the kernel: found none",
  );
}

export function averagePool2dGradient(
  _machine: Machine,
  ..._: Parameters<Backend["averagePool2dGradient"]>
): void {
  throw new Error(
    "Cannot run averagePool2dGradient on the webgpu backend as it must have the kernel: found none",
  );
}
