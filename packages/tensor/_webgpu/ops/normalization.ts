import type { Backend } from "../../backend.ts";
import type { Machine } from "../machine.ts";

export function batchNorm(_machine: Machine, ..._: Parameters<Backend["batchNorm"]>): void {
  throw new Error(
    "Cannot run batchNorm on the webgpu backend as it must have the kernel: found none",
  );
}

export function batchNormInference(
  _machine: Machine,
  ..._: Parameters<Backend["batchNormInference"]>
): void {
  throw new Error(
    "Cannot run batchNormInference on the webgpu backend as it must have the kernel: found none",
  );
}

export function batchNormGradient(
  _machine: Machine,
  ..._: Parameters<Backend["batchNormGradient"]>
): void {
  throw new Error(
    "Cannot run batchNormGradient on the webgpu backend as it must have the kernel: found none",
  );
}

export function layerNorm(_machine: Machine, ..._: Parameters<Backend["layerNorm"]>): void {
  throw new Error(
    "Cannot run layerNorm on the webgpu backend as it must have the kernel: found none",
  );
}

export function layerNormGradient(
  _machine: Machine,
  ..._: Parameters<Backend["layerNormGradient"]>
): void {
  throw new Error(
    "Cannot run layerNormGradient on the webgpu backend as it must have the kernel: found none",
  );
}
