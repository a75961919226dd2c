import { type Backend, BatchBuffer } from "@gradus/tensor";

/** Memory for a layer's output or for its input gradient, which a backend may keep in fewer bits. */
export function activations(backend: Backend, purpose: string): BatchBuffer {
  return new BatchBuffer(backend, { purpose, isActivation: true });
}
