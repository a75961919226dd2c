/** What an {@linkcode Augmentation} is told of the image, and its source of random numbers. */
export interface AugmentedImage {
  /** The number of rows of pixels. */
  readonly height: number;
  /** The number of pixels in a row. */
  readonly width: number;
  /** The number of values of a pixel. */
  readonly channels: number;
  /** The epoch, from 0. */
  readonly epoch: number;
  /**
   * Draws a whole number from 0 to `below` − 1.
   *
   * It depends on the seed, the place of the augmentation among the others, the epoch, the row of the
   * dataset, and how many were drawn for this image before: never on the batch it is in.
   *
   * @param below The bound above, a whole number from 1 to 2^21, so that no number is more likely
   * than another by more than 2^−11 of its probability.
   * @returns The number.
   * @throws {RangeError} If `below` is not such a number.
   */
  draw(below: number): number;
  /**
   * Draws as {@linkcode AugmentedImage.draw} does, but the same in all epochs.
   *
   * @param below The bound above, a whole number from 1 to 2^21.
   * @returns The number.
   * @throws {RangeError} If `below` is not such a number.
   */
  drawForAllEpochs(below: number): number;
}

/**
 * Changes an image at random: reads the pixels `from` and writes all pixels of `to`.
 *
 * Both have the shape `[height, width, channels]` and hold standardized values, of which 0 is the mean
 * of a channel; they are different arrays. It keeps nothing of them, and draws from `image` alone.
 *
 * @param from The pixels, to be left as they are.
 * @param to Where the new pixels go; what it holds before has no meaning.
 * @param image The shape, and random numbers.
 *
 * @example Brightness that differs from image to image
 * ```ts
 * import { type Augmentation, drawnShapes, ImageBatches } from "@gradus/data";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const brightness: Augmentation = (from, to, image) => {
 *   const shift = (image.draw(1001) - 500) / 1000; // from −0.5 to 0.5
 *   for (let i = 0; i < to.length; i++) to[i] = from[i] + shift;
 * };
 *
 * const statistics = { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] };
 * const shapes = drawnShapes({ rows: 2, seed: 0 });
 * const plain = new ImageBatches(shapes, { size: 2, seed: 0, statistics });
 * const changed = new ImageBatches(shapes, { size: 2, seed: 0, statistics, augment: [brightness] });
 * const [[a], [b]] = [plain, changed].map((batches) => [...batches.epoch(0)]);
 * assertEquals(a.y, b.y);
 * assert(Math.abs(a.x.data[0] - b.x.data[0]) <= 0.501);
 * ```
 */
export type Augmentation = (from: Float32Array, to: Float32Array, image: AugmentedImage) => void;
