import type { Backend } from "../../backend.ts";
import type { Machine } from "../machine.ts";

export function transpose(_machine: Machine, ..._: Parameters<Backend["transpose"]>): void {
  throw new Error(
    "Cannot run transpose on the webgpu backend as it must have the kernel: found none",
  );
}

export function slice(_machine: Machine, ..._: Parameters<Backend["slice"]>): void {
  throw new Error("Cannot run slice on the webgpu backend as it must have the kernel: found none");
}

export function paste(_machine: Machine, ..._: Parameters<Backend["paste"]>): void {
  throw new Error("Cannot run paste on the webgpu backend as it must have the kernel: found none");
}

export function gather(_machine: Machine, ..._: Parameters<Backend["gather"]>): void {
  throw new Error("Cannot run gather on the webgpu backend as it must have the kernel: found none");
}

export function gatherGradient(
  _machine: Machine,
  ..._: Parameters<Backend["gatherGradient"]>
): void {
  throw new Error(
    "Cannot run gatherGradient on the webgpu backend as it must have the kernel: found none",
  );
}
