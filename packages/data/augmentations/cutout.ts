import type { Augmentation } from "./augmentation.ts";

/** Options of {@linkcode cutout}. */
export interface CutoutOptions {
  /** The side of the square, in pixels: a whole number above 0. */
  readonly size: number;
}

/**
 * Sets a square of an image to 0, the mean of each channel: `size` × `size` pixels around a pixel
 * that is drawn from the whole image, so that part of the square may lie outside.
 *
 * The square begins `⌊size / 2⌋` pixels above and left of the one drawn.
 *
 * Source: T. DeVries and G. Taylor, "Improved regularization of convolutional neural networks with
 * cutout" (2017).
 *
 * @param options How large the square is.
 * @returns The augmentation, for {@linkcode ImageBatches}.
 * @throws {RangeError} If the size is not a whole number above 0.
 *
 * @example
 * ```ts
 * import { cutout, drawnShapes, ImageBatches } from "@gradus/data";
 * import { assert } from "@std/assert";
 *
 * const statistics = { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] };
 * const batches = new ImageBatches(drawnShapes({ rows: 10, seed: 0 }), {
 *   size: 1,
 *   seed: 0,
 *   statistics,
 *   augment: [cutout({ size: 8 })],
 * });
 * for (const { x } of batches.epoch(0)) {
 *   const zeros = x.data.filter((value) => value === 0).length;
 *   assert(zeros >= 4 * 4 * 3 && zeros <= 8 * 8 * 3);
 * }
 * ```
 */
export function cutout(options: CutoutOptions): Augmentation {
  const { size } = options;
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new RangeError(
      `Cannot cut a square out of images as its size must be a whole number above 0: found ${size}`,
    );
  }
  return (from, to, image) => {
    const { height, width, channels } = image;
    const top = image.draw(height) - Math.floor(size / 2);
    const left = image.draw(width) - Math.floor(size / 2);
    const [begin, end] = [Math.max(left, 0), Math.min(left + size, width)];
    to.set(from);
    for (let i = Math.max(top, 0); i < Math.min(top + size, height); i++) {
      to.fill(0, (i * width + begin) * channels, (i * width + end) * channels);
    }
  };
}
