import type { NumericArray, Shape } from "@gradus/tensor";

/** Some rows of data on the host: what `@gradus/data` yields. */
export interface HostBatch {
  /** Inputs, `[rows, …]`. */
  readonly x: { readonly data: NumericArray | Uint8Array; readonly shape: Shape };
  /** Targets: labels `[rows]` (an `Int32Array` or `Uint8Array`), or numbers `[rows, …]`. */
  readonly y: { readonly data: NumericArray | Uint8Array; readonly shape: Shape };
  /** How many rows. */
  readonly rows: number;
}

/** Batches of a training set, epoch after epoch: `Batches` of `@gradus/data` is one. */
export interface BatchSource {
  /** Batches an epoch, at least 1. */
  readonly length: number;
  /**
   * The batches of an epoch.
   *
   * @param index Number of the epoch, from 0; the same epoch has the same batches.
   * @returns As many batches as `length`; each is read before the next one is taken.
   */
  epoch(index: number): Iterable<HostBatch>;
}
