import { type Backend, BatchBuffer, type Tensor } from "@gradus/tensor";
import type { HostBatch } from "./batch_source.ts";

/**
 * Uploads batches into two alternating pairs of tensors, so that the next batch does not wait for the
 * kernels that still read the last one.
 */
export class Staging {
  readonly #pairs: readonly { x: BatchBuffer; labels: BatchBuffer; targets: BatchBuffer }[];
  #turn = 0;

  constructor(backend: Backend) {
    this.#pairs = [0, 1].map(() => ({
      x: new BatchBuffer(backend, { purpose: "a batch of inputs" }),
      labels: new BatchBuffer(backend, { purpose: "a batch of labels", dtype: "int32" }),
      targets: new BatchBuffer(backend, { purpose: "a batch of targets" }),
    }));
  }

  upload({ x: input, y: target }: HostBatch): { readonly x: Tensor; readonly y: Tensor } {
    const pair = this.#pairs[this.#turn]!;
    this.#turn = 1 - this.#turn;
    const x = pair.x.take(input.shape);
    x.set(input.data);
    const y = (isLabels(target) ? pair.labels : pair.targets).take(target.shape);
    y.set(target.data);
    return { x, y };
  }

  dispose(): void {
    for (const { x, labels, targets } of this.#pairs) {
      for (const buffer of [x, labels, targets]) buffer.dispose();
    }
  }
}

/** As the losses have it: one integer a row is a label, everything else is numbers to come close to. */
function isLabels({ data, shape }: HostBatch["y"]): boolean {
  return shape.length === 1 && (data instanceof Int32Array || data instanceof Uint8Array);
}
