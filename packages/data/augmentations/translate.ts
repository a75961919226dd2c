import type { Augmentation } from "./augmentation.ts";

/** Options of {@linkcode translate}. */
export interface TranslateOptions {
  /** The longest way along each axis, in pixels: a whole number above 0. */
  readonly pixels: number;
  /**
   * What comes in from outside: the image mirrored at its outermost pixels, which are not repeated
   * (`"reflect"`), or zeros, which are the mean of each channel (`"zero"`).
   *
   * @default "reflect"
   */
  readonly padding?: "reflect" | "zero";
}

/**
 * Moves an image along both axes: `y[i, j] = x[i + di, j + dj]`, with `di` and `dj` drawn from
 * `−pixels` to `pixels`, each as likely.
 *
 * @param options How far, and what comes in.
 * @returns The augmentation, for {@linkcode ImageBatches}. With `"reflect"` it throws a `RangeError`
 * for images that are not longer than `pixels` along each axis.
 * @throws {RangeError} If `pixels` is not a whole number above 0, or the padding another.
 *
 * @example
 * ```ts
 * import { drawnShapes, ImageBatches, translate } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const statistics = { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] };
 * const batches = new ImageBatches(drawnShapes({ rows: 100, seed: 0 }), {
 *   size: 50,
 *   seed: 0,
 *   statistics,
 *   augment: [translate({ pixels: 2 })],
 * });
 * const [batch] = batches.epoch(0);
 * assertEquals(batch.x.shape, [50, 32, 32, 3]);
 * ```
 */
export function translate(options: TranslateOptions): Augmentation {
  const { pixels, padding = "reflect" } = options;
  if (!Number.isSafeInteger(pixels) || pixels < 1) {
    throw new RangeError(
      `Cannot translate images as the pixels must be a whole number above 0: found ${pixels}`,
    );
  }
  const sourceOf = SOURCES.get(padding);
  if (sourceOf === undefined) {
    throw new RangeError(
      `Cannot translate images as the padding must be one of ${[...SOURCES.keys()].join(", ")}: ` +
        `found ${padding}`,
    );
  }
  return (from, to, image) => {
    const { height, width, channels } = image;
    if (padding === "reflect" && pixels >= Math.min(height, width)) {
      throw new RangeError(
        `Cannot translate images with reflection as both axes must be longer than ${pixels} ` +
          `pixels: found ${height} and ${width}`,
      );
    }
    const down = image.draw(2 * pixels + 1) - pixels;
    const right = image.draw(2 * pixels + 1) - pixels;
    // The columns whose source is inside are copied as one run, the others pixel by pixel.
    const begin = Math.min(Math.max(-right, 0), width);
    const end = Math.max(Math.min(width - right, width), begin);
    for (let i = 0; i < height; i++) {
      const line = sourceOf(i + down, height);
      const target = i * width * channels;
      if (line < 0) {
        to.fill(0, target, target + width * channels);
        continue;
      }
      const source = line * width * channels;
      const shift = source + right * channels - target;
      for (let at = target + begin * channels; at < target + end * channels; at++) {
        to[at] = from[at + shift];
      }
      for (const [first, last] of [[0, begin], [end, width]]) {
        for (let j = first; j < last; j++) {
          const column = sourceOf(j + right, width);
          for (let c = 0; c < channels; c++) {
            to[target + j * channels + c] = column < 0 ? 0 : from[source + column * channels + c];
          }
        }
      }
    }
  };
}

/** The place along an axis that a pixel comes from, by what comes in from outside. */
const SOURCES: ReadonlyMap<string, (place: number, length: number) => number> = new Map([
  ["reflect", reflected],
  ["zero", inside],
]);

/** The place that mirrors one outside of an axis. */
function reflected(place: number, length: number): number {
  return length - 1 - Math.abs(length - 1 - Math.abs(place));
}

/** The place itself, or a negative number outside of an axis. */
function inside(place: number, length: number): number {
  return place < length ? place : -1;
}
