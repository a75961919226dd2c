import { BatchPlan } from "./_batch_plan.ts";
import { copyRows, rowLength, zerosLike } from "./_copy_rows.ts";
import type { Dataset } from "./dataset.ts";
import type { NdArray, NumericArray } from "./nd_array.ts";

/** Rows of a dataset that are learnt from together. */
export interface Batch<Y extends NumericArray = Int32Array> extends Dataset<Y> {
  /** The number of rows, fewer than the batch size in a short last batch. */
  readonly rows: number;
  /** Which rows of the dataset these are, `[rows]`. */
  readonly index: Int32Array;
}

/** Options of {@linkcode Batches}. */
export interface BatchesOptions {
  /** The number of rows of each batch, at least 1; the last one of an epoch may be shorter. */
  readonly size: number;
  /**
   * Shuffles the rows of each epoch: a whole number from 0 to 2^53 − 1.
   *
   * @default none: the rows stay in their order
   */
  readonly seed?: number;
  /**
   * Whether an epoch leaves out a last batch with fewer rows than `size`.
   *
   * @default false
   */
  readonly dropLast?: boolean;
}

/**
 * Cuts a dataset into batches: an epoch has every row once, in `⌈rows / size⌉` batches.
 *
 * It has no state: the order of an epoch is a function of the seed and the epoch's index alone, so
 * that a run resumed at epoch k sees what it would have seen. The dataset is not copied.
 *
 * @example
 * ```ts
 * import { Batches, iris } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const batches = new Batches(iris(), { size: 64, seed: 0 });
 * const sizes: number[] = [];
 * for (const { x, y, rows } of batches.epoch(0)) {
 *   assertEquals(x.shape, [rows, 4]);
 *   assertEquals(y.shape, [rows]);
 *   sizes.push(rows);
 * }
 * assertEquals(sizes, [64, 64, 22]);
 * assertEquals(batches.length, 3);
 * ```
 */
export class Batches<Y extends NumericArray = Int32Array> {
  /** The number of rows of the dataset. */
  readonly rows: number;
  /** The number of rows of a full batch. */
  readonly size: number;
  /** The number of batches of an epoch, which is that of training steps. */
  readonly length: number;
  readonly #dataset: Dataset<Y>;
  readonly #plan: BatchPlan;

  /**
   * Prepares batches of a dataset.
   *
   * @param dataset The dataset, `x` `[rows, …]` and `y` `[rows, …]`, with at least one row.
   * @param options The size of a batch, the seed that shuffles, and whether to drop a short batch.
   * @throws {TypeError} If `x` and `y` differ in their rows, or have none.
   * @throws {RangeError} If the size is not a whole number above 0, or the seed not one from 0 to
   * 2^53 − 1; or if a short batch is to be dropped and there is no other.
   */
  constructor(dataset: Dataset<Y>, options: BatchesOptions) {
    const plan = new BatchPlan(dataset, options);
    this.rows = plan.rows;
    this.size = plan.size;
    this.length = plan.length;
    this.#dataset = dataset;
    this.#plan = plan;
  }

  /**
   * The batches of an epoch, which may be gone through any number of times.
   *
   * A batch is valid until the next but one is taken: two buffers alternate, so that nothing is
   * allocated from batch to batch. Each pass over the epoch has buffers of its own.
   *
   * @param index The index of the epoch, from 0 to 2^32 − 1.
   * @returns The batches, `x` and `y` `[size, …]`, the last one perhaps with fewer rows.
   * @throws {RangeError} If the index is not such a number.
   */
  epoch(index: number): Iterable<Batch<Y>> {
    return this.#plan.repeatable(index, () => this.#pass(index));
  }

  *#pass(epoch: number): Generator<Batch<Y>, void> {
    const { x, y } = this.#dataset;
    const { full } = this.#plan;
    const stages = [this.#stage(full), this.#stage(full)];
    const lengths = { x: rowLength(x), y: rowLength(y) };
    let step = 0;
    for (const index of this.#plan.batches(epoch)) {
      const batch = index.length === full ? stages[step++ % 2] : this.#stage(index.length);
      batch.index.set(index);
      copyRows(x.data, batch.x.data, index, lengths.x);
      copyRows(y.data, batch.y.data, index, lengths.y);
      yield batch;
    }
  }

  #stage(rows: number): Batch<Y> {
    const { x, y } = this.#dataset;
    return { x: zeroRows(x, rows), y: zeroRows(y, rows), rows, index: new Int32Array(rows) };
  }
}

function zeroRows<T extends NumericArray>(like: NdArray<T>, rows: number): NdArray<T> {
  return {
    data: zerosLike(like.data, rows * rowLength(like)),
    shape: [rows, ...like.shape.slice(1)],
  };
}
