import type { Conv2dGeometry } from "../backend.ts";
import type { Heap } from "../_cpu/heap.ts";
import type { Kernel } from "../_cpu/library.ts";
import type { Workspace } from "./workspace.ts";

/** Where the windows of a convolution of one group stand, and what they see. */
export interface Windows extends Omit<Conv2dGeometry, "groups"> {
  readonly image: readonly [height: number, width: number, channels: number];
  readonly kernel: readonly [height: number, width: number];
  readonly result: readonly [rows: number, columns: number];
}

/** What patches are written with. */
export interface PatchTools {
  readonly heap: Heap;
  readonly workspace: Workspace;
  readonly copyRows: Kernel;
}

/** Numbers of a patch that make a product of its own. */
const LONG_PATCH = 64;

/** Pixels of a result that make a product of its own. */
const LARGE_RESULT = 256;

/** Patches of so many bytes stay in the second cache until they are multiplied. */
const BLOCK_BYTES = 1 << 20;

/**
 * What the windows of a convolution see, as rows of matrices, so that it becomes matrix products:
 * `y = Σ patches(part) · W(part)`, one row of patches a pixel of `y`.
 *
 * Where rows of the kernel see many numbers and images are large, a part is a row of the kernel. It sees
 * one line of the image, and another row sees the same line for another row of the result, so that each
 * line is written once for all. Elsewhere the kernel is one part, and a block has several images. A
 * kernel of one tap sees the image as it is, and nothing is written.
 */
export class Patches {
  /** Into how many parts the kernel falls, one behind the other in its memory. */
  readonly parts: number;
  /** Numbers of a patch of a part. */
  readonly length: number;
  /** Images whose patches are there at a time. */
  readonly images: number;
  readonly #windows: Windows;
  readonly #tools: PatchTools;
  /** Pixels of a line of the image with the zeros around it, and where one is made. */
  readonly #lineWidth: number;
  readonly #line: number;
  readonly #isImage: boolean;
  #address: number;

  constructor(windows: Windows, tools: PatchTools) {
    const { image, kernel, result, stride, dilation, padding } = windows;
    const [rows, columns] = result;
    const rowLength = kernel[1] * image[2];
    const pixels = rows * columns;
    const isShared = kernel[0] > 1 && stride[0] === dilation[0] && rowLength >= LONG_PATCH &&
      pixels >= LARGE_RESULT;
    this.parts = isShared ? kernel[0] : 1;
    this.length = isShared ? rowLength : kernel[0] * rowLength;
    this.#windows = windows;
    this.#tools = tools;
    this.#lineWidth = (columns - 1) * stride[1] + (kernel[1] - 1) * dilation[1] + 1;
    this.#isImage = [...kernel, ...stride].every((length) => length === 1) &&
      [...padding].every((zeros) => zeros === 0) && pixels === image[0] * image[1];
    if (this.#isImage) {
      [this.images, this.#line, this.#address] = [Infinity, 0, 0];
      return;
    }
    const imageBytes = 4 * (isShared ? rows + kernel[0] - 1 : rows) * columns * this.length;
    this.images = isShared ? 1 : Math.max(1, Math.floor(BLOCK_BYTES / imageBytes));
    const lineBytes = 4 * this.#lineWidth * image[2];
    this.#line = tools.workspace.take(lineBytes + this.images * imageBytes);
    this.#address = this.#line + lineBytes;
    tools.heap.bytes.fill(0, this.#line, this.#address);
  }

  /** Where the patches of a part are. */
  of(part: number): number {
    return this.#address + 4 * part * this.#windows.result[1] * this.length;
  }

  /** Writes the patches of `count` images, of which the first is at `address`. */
  write(address: number, count: number): void {
    if (this.#isImage) {
      this.#address = address;
      return;
    }
    const { image: [height, width, channels] } = this.#windows;
    let to = this.#address;
    for (let image = 0; image < count; image++) {
      const from = address + 4 * image * height * width * channels;
      to = this.parts > 1 ? this.#writeShared(from, to) : this.#writeWhole(from, to);
    }
  }

  /** Each line that any row of the kernel sees, one behind the other. */
  #writeShared(image: number, to: number): number {
    const { kernel, result: [rows, columns], stride, padding } = this.#windows;
    for (let at = 0; at < rows + kernel[0] - 1; at++) {
      this.#writeLine(image, at * stride[0] - padding[0], to);
      to += 4 * columns * this.length;
    }
    return to;
  }

  /** For each row of the result the lines that its windows see, side by side. */
  #writeWhole(image: number, to: number): number {
    const { kernel, result: [rows, columns], stride, dilation, padding } = this.#windows;
    const rowBytes = 4 * this.length / kernel[0];
    for (let row = 0; row < rows; row++) {
      for (let tap = 0; tap < kernel[0]; tap++) {
        const line = row * stride[0] + tap * dilation[0] - padding[0];
        this.#writeLine(image, line, to + tap * rowBytes);
      }
      to += 4 * columns * this.length;
    }
    return to;
  }

  /** What a row of the kernel sees of a line of the image, for each column of the result. */
  #writeLine(image: number, line: number, to: number): void {
    const { image: [height, width, channels], kernel, stride, dilation, padding } = this.#windows;
    const { heap: { bytes }, copyRows } = this.#tools;
    const pixelBytes = 4 * channels;
    const inside = Math.max(0, Math.min(width, this.#lineWidth - padding[1]));
    const start = this.#line + padding[1] * pixelBytes;
    if (line >= 0 && line < height) {
      const from = image + line * width * pixelBytes;
      bytes.copyWithin(start, from, from + inside * pixelBytes);
    } else {
      bytes.fill(0, start, start + inside * pixelBytes);
    }
    // Without holes, what a row of the kernel sees is contiguous.
    const [taps, tapBytes] = dilation[1] === 1
      ? [1, kernel[1] * pixelBytes]
      : [kernel[1], pixelBytes];
    for (let tap = 0; tap < taps; tap++) {
      copyRows(
        this.#line + tap * dilation[1] * pixelBytes,
        stride[1] * pixelBytes,
        to + tap * tapBytes,
        4 * this.length,
        this.#windows.result[1],
        tapBytes,
      );
    }
  }
}
