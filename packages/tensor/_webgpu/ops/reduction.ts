import type { Backend } from "../../backend.ts";
import type { Machine } from "../machine.ts";

export function reduce(_machine: Machine, ..._: Parameters<Backend["reduce"]>): void {
  throw new Error("Cannot run reduce on the webgpu backend as it must have the kernel: found none");
}

export function argReduce(_machine: Machine, ..._: Parameters<Backend["argReduce"]>): void {
  throw new Error(
    "Cannot run argReduce on the webgpu backend as it must have the kernel: found none",
  );
}
