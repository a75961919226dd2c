import type { Conv2dGeometry, Operand } from "../backend.ts";
import { framedParts } from "../_cpu/ops/framed_images.ts";
import { partOfTiles } from "../_cpu/parts.ts";
import type { Frame } from "../_cpu/window_plan.ts";
import type { BlasMachine } from "./blas_machine.ts";

/** Where the windows of a convolution of one group stand, and what they see. */
export interface Windows extends Pick<Conv2dGeometry, "stride" | "dilation"> {
  readonly frame: Frame;
  /** The frame's pixel that the first window's first tap sees. */
  readonly start: readonly [row: number, column: number];
  readonly channels: number;
  readonly kernel: readonly [height: number, width: number];
  readonly result: readonly [rows: number, columns: number];
}

/** Neighbouring pixels of a result, with the patches that they see. */
export interface Block {
  /** Number of its first pixel in all images of the result. */
  readonly pixel: number;
  readonly pixels: number;
  /** Where its patches are, until the part's next block. */
  readonly patches: number;
  /** Memory of the part that all its blocks share. */
  readonly spare: number;
  /** Whether it is the part's first. */
  readonly isFirst: boolean;
}

/** Numbers of a patch that make a product of its own. */
const LONG_PATCH = 64;

/** Pixels of a result that make a product of its own. */
const LARGE_RESULT = 256;

/** Patches of so many bytes stay in the second cache until they are multiplied. */
const BLOCK_BYTES = 1 << 20;

/**
 * What the windows of a convolution see, as rows of matrices, so that it becomes matrix products:
 * `y = Σ patches(piece) · W(piece)`, one row of patches a pixel of `y`.
 *
 * Where rows of the kernel see many numbers and images are large, a piece is a row of the kernel. It sees
 * one line of the image, and another row sees the same line for another row of the result, so that each
 * line is written once for all. Elsewhere the kernel is one piece. A kernel of one tap sees the image as
 * it is, and nothing is written.
 *
 * A block has as many rows of the result as the cache holds patches of, or several whole images.
 */
export class Patches {
  /** Into how many pieces the kernel falls, one behind the other in its memory. */
  readonly pieces: number;
  /** Numbers of a patch of a piece. */
  readonly length: number;
  /** Bytes from a piece's patches to the next one's. */
  readonly pieceBytes: number;
  /** Stretches of rows of the result that an image is cut into; threads share them. */
  readonly strips: number;
  readonly #lent: BlasMachine;
  readonly #windows: Windows;
  readonly #isImage: boolean;
  readonly #rows: number;
  readonly #images: number;
  readonly #blockBytes: number;

  constructor(lent: BlasMachine, windows: Windows, { images }: { images: number }) {
    const { frame, channels, kernel, result: [rows, columns], stride, dilation } = windows;
    const rowLength = kernel[1] * channels;
    const isShared = kernel[0] > 1 && stride[0] === dilation[0] && rowLength >= LONG_PATCH &&
      rows * columns >= LARGE_RESULT;
    this.pieces = isShared ? kernel[0] : 1;
    this.length = isShared ? rowLength : kernel[0] * rowLength;
    const lineBytes = 4 * columns * this.length;
    this.pieceBytes = isShared ? lineBytes : 0;
    this.#lent = lent;
    this.#windows = windows;
    this.#isImage = frame.isImage && frame.height === rows && frame.width === columns &&
      [...kernel, ...stride].every((length) => length === 1);

    const extra = isShared ? kernel[0] - 1 : 0;
    const fitting = Math.max(1, Math.floor(BLOCK_BYTES / lineBytes) - extra);
    const wished = Math.ceil(lent.machine.threads.count / images);
    const strips = Math.max(Math.ceil(rows / fitting), Math.min(rows, wished));
    this.#rows = Math.ceil(rows / strips);
    this.strips = Math.ceil(rows / this.#rows);
    this.#images = this.strips > 1 || isShared ? 1 : Math.max(1, Math.floor(fitting / rows));
    this.#blockBytes = this.#isImage
      ? 0
      : Math.ceil(this.#images * (this.#rows + extra) * lineBytes / 64) * 64;
  }

  /**
   * Has the patches of all images written, block by block, each part its own.
   *
   * @param options `spareBytes`: memory for each part beside the patches.
   * @param visit Has the block multiplied, by its part.
   */
  forEachBlock(
    source: Operand,
    { parts, spareBytes }: { parts: number; spareBytes: number },
    visit: (part: number, block: Block) => void,
  ): void {
    const { frame, result: [rows, columns] } = this.#windows;
    const framed = framedParts(this.#lent.machine, parts, {
      frame,
      source,
      spareBytes: this.#blockBytes + spareBytes,
    });
    const strips = { count: source.shape[0]! * this.strips, tile: 1 };
    const turns = Math.ceil(Math.ceil(strips.count / parts) / this.#images);
    // In turns, so that no part's calls pile up before another's.
    for (let turn = 0; turn < turns; turn++) {
      for (let part = parts - 1; part >= 0; part--) {
        const strip = partOfTiles(part, parts, strips) + turn * this.#images;
        const end = Math.min(strip + this.#images, partOfTiles(part + 1, parts, strips));
        if (strip >= end) continue;
        const image = Math.floor(strip / this.strips);
        const row = (strip % this.strips) * this.#rows;
        const count = this.strips > 1 ? Math.min(this.#rows, rows - row) : (end - strip) * rows;
        let patches = framed[part]!.spare;
        if (this.#isImage) {
          patches = framed[part]!.image(image) + 4 * row * columns * this.length;
        } else {
          for (let at = 0; at < Math.ceil(count / rows); at++) {
            this.#write(part, framed[part]!.image(image + at), {
              row,
              rows: Math.min(count, rows),
              to: patches + at * rows * 4 * columns * this.length,
            });
          }
        }
        visit(part, {
          pixel: (image * rows + row) * columns,
          pixels: count * columns,
          patches,
          spare: framed[part]!.spare + this.#blockBytes,
          isFirst: turn === 0,
        });
      }
    }
  }

  #write(
    part: number,
    image: number,
    { row, rows, to }: { row: number; rows: number; to: number },
  ): void {
    const { frame, channels, start, kernel, result, stride, dilation } = this.#windows;
    const columns = result[1];
    const pixelBytes = 4 * channels;
    const lineBytes = frame.width * pixelBytes;
    const first = image + (start[0] + row * stride[0]) * lineBytes + start[1] * pixelBytes;
    // Where a piece is a row of the kernel, it reads the lines of all; without holes, neighbours at once.
    const [taps, lines] = this.pieces > 1 ? [1, rows + kernel[0] - 1] : [kernel[0], rows];
    const [runs, runBytes] = dilation[1] === 1
      ? [1, kernel[1] * pixelBytes]
      : [kernel[1], pixelBytes];
    for (let tap = 0; tap < taps; tap++) {
      for (let run = 0; run < runs; run++) {
        this.#lent.machine.threads.call(
          part,
          this.#lent.kernels.copyPatches,
          first + tap * dilation[0] * lineBytes + run * dilation[1] * pixelBytes,
          stride[0] * lineBytes,
          stride[1] * pixelBytes,
          to + (tap * runs + run) * runBytes,
          4 * columns * this.length,
          4 * this.length,
          lines,
          columns,
          runBytes,
        );
      }
    }
  }
}
