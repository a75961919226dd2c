import type { Random } from "@gradus/random";
import type { NdArray } from "../nd_array.ts";
import { blendPairs } from "./_blend_pairs.ts";
import { checkMixing } from "./_check_mixing.ts";
import { drawBeta } from "./_draw_beta.ts";
import type { Mixing } from "./mixing.ts";

/** Options of {@linkcode cutmix}. */
export interface CutmixOptions {
  /** The parameter of Beta(α, α), finite and above 0: 1 makes all areas of the box as likely. */
  readonly alpha: number;
  /** The number of classes. */
  readonly classes: number;
}

/** A part of an image, from `top` to `bottom` − 1 and from `left` to `right` − 1. */
interface Box {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/**
 * Swaps a box between each image `i` of a batch and the image `rows − 1 − i`, and mixes their targets
 * by area: `y′[i] = λ y[i] + (1 − λ) y[rows − 1 − i]`, where λ is the share outside the box.
 *
 * One box for the batch: its sides are √(1 − λ₀) of the image's with λ₀ of Beta(α, α), its middle is
 * drawn from the whole image, and what lies outside is cut off, of which λ takes account.
 *
 * Source: S. Yun and others, "CutMix: regularization strategy to train strong classifiers with
 * localizable features" (2019).
 *
 * @param options α and the number of classes.
 * @returns What {@linkcode ImageBatches} takes as `mix`.
 * @throws {RangeError} If α is not finite and above 0, or the classes are not a whole number above 0.
 *
 * @example
 * ```ts
 * import { cutmix, drawnShapes, ImageBatches } from "@gradus/data";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const batches = new ImageBatches(drawnShapes({ rows: 40, seed: 0 }), {
 *   size: 20,
 *   seed: 0,
 *   statistics: { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] },
 *   mix: cutmix({ alpha: 1, classes: 10 }),
 * });
 * const [{ y }] = batches.epoch(0);
 * assertEquals(y.shape, [20, 10]);
 * assertAlmostEquals([...y.data.subarray(0, 10)].reduce((sum, share) => sum + share), 1, 1e-6);
 * ```
 */
export function cutmix(options: CutmixOptions): Mixing {
  const { alpha, classes } = options;
  checkMixing("cut and mix images", options);
  return {
    classes,
    mix: ({ x, y }, random) => {
      const [, height, width] = x.shape;
      const side = Math.sqrt(1 - drawBeta(alpha, random));
      const [top, bottom] = drawSpan(height, side, random);
      const [left, right] = drawSpan(width, side, random);
      swapBoxes(x, { top, bottom, left, right });
      blendPairs(y, 1 - (bottom - top) * (right - left) / (height * width));
    },
  };
}

/** Where the box begins and ends along an axis. */
function drawSpan(length: number, side: number, random: Random): [begin: number, end: number] {
  const span = Math.round(length * side);
  const begin = random.integer(length) - Math.floor(span / 2);
  return [Math.max(begin, 0), Math.min(begin + span, length)];
}

function swapBoxes({ data, shape }: NdArray<Float32Array>, box: Box): void {
  const [rows, height, width, channels] = shape;
  const length = height * width * channels;
  for (let row = 0; row < rows >> 1; row++) {
    const first = row * length;
    const second = (rows - 1 - row) * length;
    for (let i = box.top; i < box.bottom; i++) {
      const [begin, end] = [(i * width + box.left) * channels, (i * width + box.right) * channels];
      for (let at = begin; at < end; at++) {
        const kept = data[first + at];
        data[first + at] = data[second + at];
        data[second + at] = kept;
      }
    }
  }
}
