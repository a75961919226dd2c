import { BatchBuffer, Tensor } from "@gradus/tensor";

/** What a loss keeps of a batch between forward and backward, and the memory of its results. */
export class KeptBatch {
  #loss: Tensor | null = null;
  #gradient: BatchBuffer | null = null;
  #fresh: { readonly prediction: Tensor; readonly target: Tensor } | null = null;

  /** Keeps a batch for backward; returns where its cost goes, `[]`, and a function for its gradient's place. */
  keep(prediction: Tensor, target: Tensor): Tensor {
    const { backend } = prediction;
    if (this.#loss?.backend !== backend) {
      this.#loss?.dispose();
      this.#gradient?.dispose();
      this.#loss = new Tensor(backend, [], { purpose: "cost of a batch" });
      this.#gradient = new BatchBuffer(backend, { purpose: "gradient of the loss" });
    }
    this.#fresh = { prediction, target };
    return this.#loss!;
  }

  /** Where the gradient of a kept prediction goes. */
  gradientOf(prediction: Tensor): Tensor {
    return this.#gradient!.take(prediction.shape);
  }

  /** Hands the kept batch out, once. */
  release(): { readonly prediction: Tensor; readonly target: Tensor } {
    const fresh = this.#fresh;
    if (fresh === null) {
      throw new Error(
        "Cannot run backward as forward must have run since the last backward: found no forward",
      );
    }
    this.#fresh = null;
    return fresh;
  }
}
