import type { Backend } from "../../backend.ts";
import type { Machine } from "../machine.ts";

export function softmaxCrossEntropy(
  _machine: Machine,
  ..._: Parameters<Backend["softmaxCrossEntropy"]>
): void {
  throw new Error(
    "Cannot run softmaxCrossEntropy on the webgpu backend as it must have the kernel: found none",
  );
}

export function crossEntropy(_machine: Machine, ..._: Parameters<Backend["crossEntropy"]>): void {
  throw new Error(
    "Cannot run crossEntropy on the webgpu backend as it must have the kernel: found none",
  );
}

export function crossEntropyGradient(
  _machine: Machine,
  ..._: Parameters<Backend["crossEntropyGradient"]>
): void {
  throw new Error(
    "Cannot run crossEntropyGradient on the webgpu backend as it must have the kernel: found none",
  );
}

export function pointwiseLoss(_machine: Machine, ..._: Parameters<Backend["pointwiseLoss"]>): void {
  throw new Error(
    "Cannot run pointwiseLoss on the webgpu backend as it must have the kernel: found none",
  );
}

export function pointwiseLossGradient(
  _machine: Machine,
  ..._: Parameters<Backend["pointwiseLossGradient"]>
): void {
  throw new Error(
    "Cannot run pointwiseLossGradient on the webgpu backend as it must have the kernel: found none",
  );
}

export function countCorrect(_machine: Machine, ..._: Parameters<Backend["countCorrect"]>): void {
  throw new Error(
    "Cannot run countCorrect on the webgpu backend as it must have the kernel: found none",
  );
}
