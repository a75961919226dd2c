import type { Random } from "@gradus/random";
import type { Dataset } from "../dataset.ts";

/**
 * Mixes the images of a batch with each other, and their targets alike.
 *
 * @example
 * ```ts
 * import { type Mixing, mixup } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const mixing: Mixing = mixup({ alpha: 0.2, classes: 10 });
 * assertEquals(mixing.classes, 10);
 * ```
 */
export interface Mixing {
  /** The number of classes, which is that of the columns of the targets. */
  readonly classes: number;
  /**
   * Mixes a batch in place.
   *
   * @param batch Standardized images, `x` `[rows, height, width, channels]`, and their targets, `y`
   * `[rows, classes]`, of which each row has a sum of 1.
   * @param random A stream for this batch alone.
   */
  mix(batch: Dataset<Float32Array>, random: Random): void;
}
