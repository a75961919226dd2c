import type { Backend } from "../../backend.ts";
import type { Machine } from "../machine.ts";

export function gradientNorms(_machine: Machine, ..._: Parameters<Backend["gradientNorms"]>): void {
  throw new Error(
    "Cannot run gradientNorms on the webgpu backend as it must have the kernel: found none",
  );
}

export function sgdStep(_machine: Machine, ..._: Parameters<Backend["sgdStep"]>): void {
  throw new Error(
    "Cannot run sgdStep on the webgpu backend as it must have the kernel: found none",
  );
}

export function adamStep(_machine: Machine, ..._: Parameters<Backend["adamStep"]>): void {
  throw new Error(
    "Cannot run adamStep on the webgpu backend as it must have the kernel: found none",
  );
}

export function rmsPropStep(_machine: Machine, ..._: Parameters<Backend["rmsPropStep"]>): void {
  throw new Error(
    "Cannot run rmsPropStep on the webgpu backend as it must have the kernel: found none",
  );
}

export function adagradStep(_machine: Machine, ..._: Parameters<Backend["adagradStep"]>): void {
  throw new Error(
    "Cannot run adagradStep on the webgpu backend as it must have the kernel: found none",
  );
}
