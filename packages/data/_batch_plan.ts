import { hash, random } from "@gradus/random";
import { checkRows, shapeText } from "./_check_nd_array.ts";
import { halvesOf } from "./_halves_of.ts";
import type { BatchesOptions } from "./batches.ts";
import type { Dataset } from "./dataset.ts";
import type { NumericArray } from "./nd_array.ts";

/** Which rows each batch of each epoch has: a function of the seed and the epoch alone. */
export class BatchPlan {
  /** The number of rows of the dataset. */
  readonly rows: number;
  /** The number of rows of a full batch, as it was asked for. */
  readonly size: number;
  /** The number of batches of an epoch. */
  readonly length: number;
  readonly #seed: number | undefined;

  /** Plans batches of a dataset; throws what the constructor of `Batches` promises. */
  constructor(dataset: Dataset<NumericArray, NumericArray>, options: BatchesOptions) {
    const { size, seed, dropLast = false } = options;
    checkRows("batch x", dataset.x);
    checkRows("batch y", dataset.y);
    const [rows] = dataset.x.shape;
    if (rows === 0 || dataset.y.shape[0] !== rows) {
      throw new TypeError(
        `Cannot batch a dataset as x and y must have the same rows, at least one: found shapes ` +
          `${shapeText(dataset.x.shape)} and ${shapeText(dataset.y.shape)}`,
      );
    }
    checkInteger("a batch size", size, 1);
    if (seed !== undefined) checkInteger("a seed", seed, 0);
    if (dropLast && rows < size) {
      throw new RangeError(
        `Cannot drop the last batch as another must remain: found ${rows} rows in batches of ` +
          `${size}`,
      );
    }
    this.rows = rows;
    this.size = size;
    this.length = dropLast ? Math.floor(rows / size) : Math.ceil(rows / size);
    this.#seed = seed;
  }

  /** The number of rows of the longest batch. */
  get full(): number {
    return Math.min(this.size, this.rows);
  }

  /** Something to iterate over as often as one likes, which begins `pass` anew each time. */
  repeatable<B>(epoch: number, pass: () => Iterator<B>): Iterable<B> {
    checkInteger("the index of an epoch", epoch, 0, 2 ** 32 - 1);
    return { [Symbol.iterator]: pass };
  }

  /** The rows of each batch of an epoch, `[size]`, the last one perhaps shorter. */
  *batches(epoch: number): Generator<Int32Array, void> {
    const order = this.#order(epoch);
    for (let step = 0; step < this.length; step++) {
      yield order.subarray(step * this.size, Math.min((step + 1) * this.size, this.rows));
    }
  }

  #order(epoch: number): Int32Array {
    if (this.#seed === undefined) return Int32Array.from({ length: this.rows }, (_, row) => row);
    const [low, high] = halvesOf(this.#seed);
    return random(hash(low, high, epoch)).permutation(this.rows);
  }
}

function checkInteger(
  name: string,
  value: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(
    `Cannot make batches as ${name} must be a whole number from ${least} to ${most}: ` +
      `found ${value}`,
  );
}
