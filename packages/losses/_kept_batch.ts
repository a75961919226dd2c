import { BatchBuffer, Tensor } from "@gradus/tensor";

/** What a loss keeps of a batch between forward and backward, and the memory of its results. */
export class KeptBatch {
  #cost: Tensor | null = null;
  #gradient: BatchBuffer | null = null;
  #fresh: { readonly prediction: Tensor; readonly target: Tensor } | null = null;

  /** Keeps a batch for backward, and returns where its cost goes, `[]`. */
  keep(prediction: Tensor, target: Tensor): Tensor {
    const { backend } = prediction;
    if (this.#cost?.backend !== backend) {
      this.#cost?.dispose();
      this.#gradient?.dispose();
      this.#cost = new Tensor(backend, [], { purpose: "the cost of a batch" });
      this.#gradient = new BatchBuffer(backend, { purpose: "the gradient of a loss" });
    }
    this.#fresh = { prediction, target };
    return this.#cost!;
  }

  /** Where the gradient of a kept prediction goes, in its shape. */
  gradientOf(prediction: Tensor): Tensor {
    return this.#gradient!.take(prediction.shape);
  }

  /** Hands the kept batch to backward, once. */
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
