import type { Operand } from "../../backend.ts";
import type { Machine } from "../machine.ts";
import { partOfTiles } from "../parts.ts";
import { addressOf } from "../storage.ts";
import type { Frame } from "../window_plan.ts";

/** Products that are worth a thread of their own. */
const PRODUCTS_PER_PART = 1 << 18;

/** Visits the images of all parts in turns, so that no part's calls pile up before another's. */
export function forEachImage(
  images: number,
  parts: number,
  visit: (part: number, image: number, isFirst: boolean) => void,
): void {
  const count = { count: images, tile: 1 };
  for (let turn = 0; turn < Math.ceil(images / parts); turn++) {
    for (let part = parts - 1; part >= 0; part--) {
      const image = partOfTiles(part, parts, count) + turn;
      if (image < partOfTiles(part + 1, parts, count)) visit(part, image, turn === 0);
    }
  }
}

/** A frame for each part. */
export function framedParts(
  machine: Machine,
  parts: number,
  options: { frame: Frame; source: Operand; spareBytes: number },
): FramedImages[] {
  return Array.from(
    { length: parts },
    (_, part) => new FramedImages(machine, { part, ...options }),
  );
}

/** The images of one part, one after the other in a frame of zeros; or where they are, if they need none. */
export class FramedImages {
  readonly #machine: Machine;
  readonly #part: number;
  readonly #frame: Frame;
  readonly #source: number;
  readonly #height: number;
  readonly #rowBytes: number;
  readonly #pixelBytes: number;
  readonly #address: number;
  readonly #frameBytes: number;
  #isBlank = false;
  #held = -1;
  /** Memory behind the frame. */
  readonly spare: number;

  constructor(
    machine: Machine,
    { part, frame, source, spareBytes }: {
      part: number;
      frame: Frame;
      source: Operand;
      spareBytes: number;
    },
  ) {
    const [, height, width, channels] = source.shape as [number, number, number, number];
    this.#machine = machine;
    this.#part = part;
    this.#frame = frame;
    this.#source = addressOf(source);
    this.#height = height;
    this.#pixelBytes = 4 * channels;
    this.#rowBytes = width * this.#pixelBytes;
    // Behind a frame there is room to read.
    const frameBytes = frame.isImage
      ? 0
      : Math.ceil((frame.height * frame.width * this.#pixelBytes + 64) / 64) * 64;
    const sizeBytes = frameBytes + spareBytes;
    this.#address = sizeBytes === 0
      ? 0
      : machine.scratch(part, sizeBytes, "an image of a convolution with zeros around it");
    this.spare = this.#address + frameBytes;
    this.#frameBytes = frameBytes;
  }

  /** Address of an image in its frame, valid until the next. */
  image(image: number): number {
    const frame = this.#frame;
    const from = this.#source + image * this.#height * this.#rowBytes;
    if (frame.isImage) return from;
    if (image === this.#held) return this.#address;
    this.#held = image;
    const { copyRows, fill } = this.#machine.kernels.movement;
    const { threads } = this.#machine;
    if (!this.#isBlank) threads.call(this.#part, fill, this.#address, 0, this.#frameBytes);
    this.#isBlank = true;
    const inside = (frame.top * frame.width + frame.left) * this.#pixelBytes;
    threads.call(
      this.#part,
      copyRows,
      from,
      this.#rowBytes,
      this.#address + inside,
      frame.width * this.#pixelBytes,
      frame.rows,
      frame.columns * this.#pixelBytes,
    );
    return this.#address;
  }
}

/** Into how many parts to cut images. */
export function partsFor(
  { threads }: Machine,
  { images, productsPerImage }: { images: number; productsPerImage: number },
): number {
  if (images * productsPerImage < threads.count * PRODUCTS_PER_PART) return 1;
  return Math.min(threads.count, images);
}
