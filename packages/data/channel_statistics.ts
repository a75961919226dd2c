import { checkImages } from "./_check_images.ts";
import type { NdArray } from "./nd_array.ts";

/** The mean and the deviation of each channel of images, in units of the largest byte, 255. */
export interface ChannelStatistics {
  /** The mean of each channel, from 0 to 1. */
  readonly mean: readonly number[];
  /** The deviation of each channel, above 0. */
  readonly deviation: readonly number[];
}

const BYTES = 256;

/**
 * Computes the mean of each channel, `Σ x / (255 n)`, and its deviation, `√(Σ (x/255 − mean)² / n)`.
 *
 * The bytes of each channel are counted by their value, so that the sums are exact whatever their
 * number. Compute it of the training rows alone, or the others leak into what the model learns from.
 *
 * @param images The training images, `[rows, height, width, channels]`, from 0 to 255.
 * @returns The statistics of each channel, as {@linkcode ImageBatches} takes them.
 * @throws {TypeError} If they are not bytes of such a shape, with at least one pixel.
 * @throws {RangeError} If a channel has the same value everywhere.
 *
 * @example
 * ```ts
 * import { channelStatistics } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const pixels = new Uint8Array([0, 51, 0, 255, 153, 255]); // two images of one pixel
 * const { mean, deviation } = channelStatistics({ data: pixels, shape: [2, 1, 1, 3] });
 * assertEquals(mean, [0.5, 0.4, 0.5]);
 * assertEquals(deviation, [0.5, 0.2, 0.5]);
 * ```
 */
export function channelStatistics(images: NdArray<Uint8Array>): ChannelStatistics {
  const { channels } = checkImages("compute statistics of images", images);
  const { data } = images;
  const counts = new Float64Array(channels * BYTES);
  for (let pixel = 0; pixel < data.length; pixel += channels) {
    for (let c = 0; c < channels; c++) counts[c * BYTES + data[pixel + c]]++;
  }
  const count = data.length / channels;
  const mean: number[] = [];
  const deviation: number[] = [];
  for (let c = 0; c < channels; c++) {
    const histogram = counts.subarray(c * BYTES, (c + 1) * BYTES);
    const middle = sum(histogram, (value) => value) / count;
    const variance = sum(histogram, (value) => (value - middle) ** 2) / count;
    if (variance === 0) {
      throw new RangeError(
        `Cannot standardize channel ${c} as its values must differ: found only ${data[c]}`,
      );
    }
    mean.push(middle / 255);
    deviation.push(Math.sqrt(variance) / 255);
  }
  return { mean, deviation };
}

function sum(histogram: Float64Array, map: (value: number) => number): number {
  return histogram.reduce((total, count, value) => total + count * map(value), 0);
}
