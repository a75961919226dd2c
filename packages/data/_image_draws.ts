import { hash } from "@gradus/random";
import type { ImageShape } from "./_check_images.ts";
import { halvesOf } from "./_halves_of.ts";
import type { AugmentedImage } from "./augmentations/augmentation.ts";

const TWO_TO_21 = 2 ** 21;
const TWO_TO_32 = 2 ** 32;

/** The random numbers of one augmentation; it is pointed at one image after another. */
export class ImageDraws implements AugmentedImage {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  epoch = 0;
  #row = 0;
  #count = 0;
  #countForAllEpochs = 0;
  readonly #key: number;
  readonly #keyForAllEpochs: number;

  /** @param place The place of the augmentation among the others. */
  constructor(shape: ImageShape, options: { readonly seed: number; readonly place: number }) {
    this.height = shape.height;
    this.width = shape.width;
    this.channels = shape.channels;
    const key = hash(...halvesOf(options.seed), options.place);
    this.#key = hash(key, 0, 0);
    this.#keyForAllEpochs = hash(key, 1, 0);
  }

  /** Begins the numbers of an image anew. */
  pointAt(epoch: number, row: number): void {
    this.epoch = epoch;
    this.#row = row;
    this.#count = 0;
    this.#countForAllEpochs = 0;
  }

  draw(below: number): number {
    const key = hash(this.#key, this.epoch, this.#row);
    return scale(hash(key, this.#count++, 0), below);
  }

  drawForAllEpochs(below: number): number {
    const key = hash(this.#keyForAllEpochs, 0, this.#row);
    return scale(hash(key, this.#countForAllEpochs++, 0), below);
  }
}

/** Scales an integer from 0 to 2^32 − 1 down to one from 0 to `below` − 1. */
function scale(bits: number, below: number): number {
  if (!Number.isInteger(below) || below < 1 || below > TWO_TO_21) {
    throw new RangeError(
      `Cannot draw a number for an image as its bound must be a whole number from 1 to ` +
        `2097152: found ${below}`,
    );
  }
  return Math.floor(bits * below / TWO_TO_32);
}
