import { hash, random } from "@gradus/random";
import { BatchPlan } from "./_batch_plan.ts";
import { checkImages, type ImageShape } from "./_check_images.ts";
import { checkLists } from "./_columns.ts";
import { halvesOf } from "./_halves_of.ts";
import { ImageDraws } from "./_image_draws.ts";
import type { Augmentation } from "./augmentations/augmentation.ts";
import type { Mixing } from "./augmentations/mixing.ts";
import type { BatchesOptions } from "./batches.ts";
import type { ChannelStatistics } from "./channel_statistics.ts";
import type { Dataset } from "./dataset.ts";
import type { NdArray } from "./nd_array.ts";

/** Images that are learnt from together, and their labels or, where images are mixed, targets. */
export interface ImageBatch {
  /** Standardized images, `[rows, height, width, channels]`. */
  readonly x: NdArray<Float32Array>;
  /** The labels, `Int32Array` of shape `[rows]`; or mixed targets, `Float32Array` `[rows, classes]`. */
  readonly y: NdArray<Int32Array | Float32Array>;
  /** The number of rows, fewer than the batch size in a short last batch. */
  readonly rows: number;
  /** Which rows of the dataset these are, `[rows]`. */
  readonly index: Int32Array;
}

/** Options of {@linkcode ImageBatches}. */
export interface ImageBatchesOptions extends BatchesOptions {
  /** The mean and the deviation of each channel, such as those of {@linkcode channelStatistics}. */
  readonly statistics: ChannelStatistics;
  /**
   * What changes each image at random, one after another; it needs a seed.
   *
   * @default none
   */
  readonly augment?: readonly Augmentation[];
  /**
   * What mixes the images of each batch, after all else; it needs a seed.
   *
   * @default none
   */
  readonly mix?: Mixing;
}

/** The buffers of a batch. */
interface Stage extends ImageBatch {
  /** The targets that are mixed; none where labels are given out. */
  readonly targets: NdArray<Float32Array> | null;
}

const BYTES = 256;
/** Keeps the streams that mix apart from those that shuffle and augment. */
const MIXING = 0x6d697869;

/**
 * Cuts images into batches, `y = (x / 255 − mean) / deviation` of each channel, changed at random.
 *
 * The images stay bytes, a quarter of their size as `float32`, and are converted batch by batch. As
 * with {@linkcode Batches}, an epoch has every row once in the order of the seed and the epoch, and
 * there is no state: what becomes of an image is a function of the seed, the epoch and its row, so
 * that a run resumed at epoch k sees what it would have seen. The dataset is not copied.
 *
 * @example
 * ```ts
 * import {
 *   alternatingFlip,
 *   channelStatistics,
 *   drawnShapes,
 *   ImageBatches,
 *   translate,
 * } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const training = drawnShapes({ rows: 100, seed: 0 });
 * const batches = new ImageBatches(training, {
 *   size: 64,
 *   seed: 0,
 *   statistics: channelStatistics(training.x),
 *   augment: [alternatingFlip(), translate({ pixels: 2 })],
 * });
 * const sizes: number[] = [];
 * for (const { x, rows } of batches.epoch(0)) {
 *   assertEquals(x.shape, [rows, 32, 32, 3]);
 *   sizes.push(rows);
 * }
 * assertEquals(sizes, [64, 36]);
 * ```
 */
export class ImageBatches {
  /** The number of rows of the dataset. */
  readonly rows: number;
  /** The number of rows of a full batch. */
  readonly size: number;
  /** The number of batches of an epoch, which is that of training steps. */
  readonly length: number;
  readonly #dataset: Dataset<Int32Array, Uint8Array>;
  readonly #plan: BatchPlan;
  readonly #shape: ImageShape;
  /** For each channel the float of each byte, `[256]`. */
  readonly #floats: readonly Float32Array[];
  readonly #augment: readonly { readonly change: Augmentation; readonly draws: ImageDraws }[];
  /** Two images that augmentations read and write by turns, on the way to the batch. */
  readonly #images: readonly Float32Array[];
  readonly #mix: Mixing | undefined;
  readonly #mixKey: number;

  /**
   * Prepares batches of images.
   *
   * @param dataset The images, `x` `[rows, height, width, channels]` from 0 to 255, with at least one
   * pixel, and the labels, `y` `[rows]`.
   * @param options The size of a batch, the seed, the statistics, and what happens to the images.
   * @throws {TypeError} If `x` are not bytes of such a shape, `y` not labels of as many rows, the
   * statistics not two numbers for each channel, or there is no seed for what is random.
   * @throws {RangeError} If a mean is not finite or a deviation not finite and above 0; if a label is
   * not one of the classes to mix; or as with {@linkcode Batches}.
   */
  constructor(dataset: Dataset<Int32Array, Uint8Array>, options: ImageBatchesOptions) {
    const { seed, statistics, augment = [], mix } = options;
    this.#shape = checkImages("batch images", dataset.x);
    checkLabels(dataset.y);
    checkStatistics(statistics, this.#shape.channels);
    this.#plan = new BatchPlan(dataset, options);
    if (seed === undefined && (augment.length > 0 || mix)) {
      throw new TypeError(`Cannot change images at random as there must be a seed: found none`);
    }
    if (mix) checkClasses(dataset.y.data, mix.classes);

    this.rows = this.#plan.rows;
    this.size = this.#plan.size;
    this.length = this.#plan.length;
    this.#dataset = dataset;
    this.#floats = tabulate(statistics);
    this.#augment = augment.map((change, place) => ({
      change,
      draws: new ImageDraws(this.#shape, { seed: seed ?? 0, place }),
    }));
    this.#images = [0, 1].map(() => new Float32Array(this.#imageLength));
    this.#mix = mix;
    this.#mixKey = hash(...halvesOf(seed ?? 0), MIXING);
  }

  /**
   * The batches of an epoch, which may be gone through any number of times.
   *
   * A batch is valid until the next but one is taken: two buffers alternate, so that nothing is
   * allocated from batch to batch. Each pass over the epoch has buffers of its own.
   *
   * @param index The index of the epoch, from 0 to 2^32 − 1.
   * @returns The batches, `x` `[size, height, width, channels]` and `y` `[size]`, or `[size, classes]`
   * where images are mixed; the last one perhaps with fewer rows.
   * @throws {RangeError} If the index is not such a number.
   */
  epoch(index: number): Iterable<ImageBatch> {
    return this.#plan.repeatable(index, () => this.#pass(index));
  }

  get #imageLength(): number {
    const { height, width, channels } = this.#shape;
    return height * width * channels;
  }

  *#pass(epoch: number): Generator<ImageBatch, void> {
    const { full } = this.#plan;
    const stages = [this.#stage(full), this.#stage(full)];
    let step = 0;
    for (const index of this.#plan.batches(epoch)) {
      const stage = index.length === full ? stages[step % 2] : this.#stage(index.length);
      stage.index.set(index);
      this.#fill(stage, epoch);
      const { x, y, targets } = stage;
      if (targets) {
        const stream = random(hash(this.#mixKey, epoch, step));
        this.#mix?.mix({ x, y: targets }, stream);
      }
      yield { x, y, rows: stage.rows, index: stage.index };
      step++;
    }
  }

  #fill(stage: Stage, epoch: number): void {
    const labels = this.#dataset.y.data;
    const { x, y, targets, index } = stage;
    const length = this.#imageLength;
    targets?.data.fill(0);
    for (let i = 0; i < index.length; i++) {
      const row = index[i];
      if (targets) targets.data[i * targets.shape[1] + labels[row]] = 1;
      else y.data[i] = labels[row];
      this.#fillImage(x.data.subarray(i * length, (i + 1) * length), { row, epoch });
    }
  }

  #fillImage(image: Float32Array, at: { readonly row: number; readonly epoch: number }): void {
    const count = this.#augment.length;
    const stops = this.#images;
    this.#convert(at.row, count === 0 ? image : stops[0]);
    for (let place = 0; place < count; place++) {
      const { change, draws } = this.#augment[place];
      draws.pointAt(at.epoch, at.row);
      change(stops[place % 2], place === count - 1 ? image : stops[(place + 1) % 2], draws);
    }
  }

  #convert(row: number, image: Float32Array): void {
    const { channels } = this.#shape;
    const bytes = this.#dataset.x.data;
    const first = row * image.length;
    for (let c = 0; c < channels; c++) {
      const floats = this.#floats[c];
      for (let i = c; i < image.length; i += channels) image[i] = floats[bytes[first + i]];
    }
  }

  #stage(rows: number): Stage {
    const { height, width, channels } = this.#shape;
    const shape = [rows, height, width, channels];
    const x = { data: new Float32Array(rows * this.#imageLength), shape };
    const index = new Int32Array(rows);
    if (!this.#mix) {
      return { x, y: { data: new Int32Array(rows), shape: [rows] }, rows, index, targets: null };
    }
    const { classes } = this.#mix;
    const targets = { data: new Float32Array(rows * classes), shape: [rows, classes] };
    return { x, y: targets, rows, index, targets };
  }
}

/** `(byte / 255 − mean) / deviation` of each byte, for each channel. */
function tabulate({ mean, deviation }: ChannelStatistics): Float32Array[] {
  return mean.map((middle, c) =>
    Float32Array.from({ length: BYTES }, (_, byte) => (byte / 255 - middle) / deviation[c])
  );
}

function checkLabels({ data, shape }: NdArray<Int32Array>): void {
  if (data instanceof Int32Array && shape.length === 1) return;
  throw new TypeError(
    `Cannot batch images as y must be labels, an Int32Array of shape [rows]: found a ` +
      `${(data as object).constructor.name} of rank ${shape.length}`,
  );
}

function checkStatistics({ mean, deviation }: ChannelStatistics, channels: number): void {
  checkLists("standardize images", mean, deviation);
  if (mean.length !== channels) {
    throw new TypeError(
      `Cannot standardize images as there must be statistics for each of ${channels} channels: ` +
        `found ${mean.length}`,
    );
  }
  for (let c = 0; c < channels; c++) {
    if (Number.isFinite(mean[c]) && deviation[c] > 0 && deviation[c] < Infinity) continue;
    throw new RangeError(
      `Cannot standardize images as means must be finite, and deviations also above 0: ` +
        `found ${mean[c]} and ${deviation[c]} for channel ${c}`,
    );
  }
}

function checkClasses(labels: Int32Array, classes: number): void {
  const wrong = labels.findIndex((label) => label < 0 || label >= classes);
  if (wrong < 0) return;
  throw new RangeError(
    `Cannot mix images as labels must be from 0 to ${classes - 1}: ` +
      `found ${labels[wrong]} in row ${wrong}`,
  );
}
