import type { Backend } from "../../backend.ts";
import type { Machine } from "../machine.ts";

export function matmul(_machine: Machine, ..._: Parameters<Backend["matmul"]>): void {
  throw new Error("Cannot run matmul on the webgpu backend as it must have the kernel: found none");
}
