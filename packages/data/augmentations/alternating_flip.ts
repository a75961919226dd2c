import { mirror } from "./_mirror.ts";
import type { Augmentation } from "./augmentation.ts";

/**
 * Mirrors an image from left to right in every other epoch: with probability ½ in the even ones,
 * otherwise in the odd ones.
 *
 * Two epochs in a row thus show each image both ways, where {@linkcode flip} shows half of the images
 * the same way twice.
 *
 * Source: K. Jordan, "94% on CIFAR-10 in 3.29 seconds on a single GPU" (2024), section 3.6.
 *
 * @returns The augmentation, for {@linkcode ImageBatches}.
 *
 * @example
 * ```ts
 * import { alternatingFlip, drawnShapes, ImageBatches } from "@gradus/data";
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * const statistics = { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] };
 * const batches = new ImageBatches(drawnShapes({ rows: 1, seed: 0 }), {
 *   size: 1,
 *   seed: 0,
 *   statistics,
 *   augment: [alternatingFlip()],
 * });
 * const [a, b, c] = [0, 1, 2].flatMap((epoch) => [...batches.epoch(epoch)]);
 * assertNotEquals(a.x.data, b.x.data);
 * assertEquals(a.x.data, c.x.data);
 * ```
 */
export function alternatingFlip(): Augmentation {
  return (from, to, image) => {
    const isMirrored = (image.drawForAllEpochs(2) + image.epoch) % 2 === 1;
    if (isMirrored) mirror(from, to, image);
    else to.set(from);
  };
}
