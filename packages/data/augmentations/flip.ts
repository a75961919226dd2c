import { mirror } from "./_mirror.ts";
import type { Augmentation } from "./augmentation.ts";

/**
 * Mirrors every other image from left to right: `y[i, j] = x[i, width − 1 − j]` with probability ½.
 *
 * @returns The augmentation, for {@linkcode ImageBatches}.
 *
 * @example
 * ```ts
 * import { drawnShapes, flip, ImageBatches } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const statistics = { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] };
 * const batches = new ImageBatches(drawnShapes({ rows: 100, seed: 0 }), {
 *   size: 50,
 *   seed: 0,
 *   statistics,
 *   augment: [flip()],
 * });
 * const [batch] = batches.epoch(0);
 * assertEquals(batch.x.shape, [50, 32, 32, 3]);
 * ```
 */
export function flip(): Augmentation {
  return (from, to, image) => {
    if (image.draw(2) === 1) mirror(from, to, image);
    else to.set(from);
  };
}
