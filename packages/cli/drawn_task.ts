import { drawnShapes } from "@gradus/data/drawn-shapes";
import type { ImageTask } from "./run_images.ts";

/** How many shapes there are to train and to choose by. */
const ROWS = 5000;

/**
 * Shapes drawn in code, as a task that needs no files: 5,000 images to train and choose by, 1,000 to test.
 *
 * @param options The seed, from 0 to 2^32 − 1, and how many images to train and choose by if not all.
 * @returns The task; test images have a seed of their own, so that none is a training image.
 * @throws {RangeError} If the seed or the limit is not a whole number in range.
 *
 * @example
 * ```ts
 * import { drawnTask } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const { training, test, classes } = drawnTask({ seed: 0, limit: 20 });
 * assertEquals([training.x.shape[0], test.x.shape[0], classes.length], [20, 1000, 10]);
 * ```
 */
export function drawnTask(
  options: { readonly seed: number; readonly limit?: number | null },
): ImageTask {
  const { seed, limit } = options;
  const training = drawnShapes({ rows: Math.min(ROWS, limit ?? ROWS), seed });
  const test = drawnShapes({ rows: 1000, seed: seed + 1_000_003 });
  return { training, test, classes: training.classes };
}
