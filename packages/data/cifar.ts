import type { Dataset } from "./dataset.ts";
import type { NdArray } from "./nd_array.ts";

/** Options of {@linkcode decodeCifar10} and {@linkcode decodeCifar100}. */
export interface DecodeCifarOptions {
  /** The name of the file in messages, `"the CIFAR bytes"` by default. */
  readonly file?: string;
}

/** Images and which of ten classes each shows. */
export interface Cifar10 extends Dataset<Int32Array, Uint8Array> {
  /** The ten classes, in the order of the labels in `y`. */
  readonly classes: readonly string[];
}

/** Images and which of a hundred classes, in twenty superclasses, each shows. */
export interface Cifar100 extends Dataset<Int32Array, Uint8Array> {
  /** The labels of the superclasses, `[rows]`, from 0 to 19. */
  readonly coarse: NdArray<Int32Array>;
}

const CLASSES = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
] as const;

const SIDE = 32;
const PIXELS = SIDE * SIDE;
const CHANNELS = 3;

/**
 * Decodes a file of CIFAR-10's binary version: records of a label and 32 × 32 pixels.
 *
 * The files hold red, green and blue one after another; the result has them pixel by pixel. As a
 * file is nothing but records, several may be joined before.
 *
 * @param bytes The whole file, 3,073 bytes a record.
 * @param options The name of the file.
 * @returns The images, `x` `[rows, 32, 32, 3]` from 0 to 255, and labels, `y` `[rows]`.
 * @throws {SyntaxError} If there are not only whole records, at least one, or a label is above 9.
 * It names the file and the byte.
 *
 * Source: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
 *
 * @example
 * ```ts
 * import { decodeCifar10 } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const record = new Uint8Array(3073);
 * record[0] = 6; // the label
 * record[1 + 1024] = 255; // green of the first pixel
 * const { x, y, classes } = decodeCifar10(record);
 * assertEquals(x.shape, [1, 32, 32, 3]);
 * assertEquals(x.data.slice(0, 3), new Uint8Array([0, 255, 0]));
 * assertEquals(classes[y.data[0]], "frog");
 * ```
 */
export function decodeCifar10(bytes: Uint8Array, options: DecodeCifarOptions = {}): Cifar10 {
  const { x, labels: [y] } = decodeRecords(bytes, [CLASSES.length], options);
  return { x, y, classes: CLASSES };
}

/**
 * Decodes a file of CIFAR-100's binary version: records of two labels and 32 × 32 pixels.
 *
 * @param bytes The whole file, 3,074 bytes a record.
 * @param options The name of the file.
 * @returns The images, `x` `[rows, 32, 32, 3]` from 0 to 255, the labels, `y` `[rows]` from 0 to
 * 99, and those of their superclasses, `coarse` `[rows]`.
 * @throws {SyntaxError} If there are not only whole records, at least one, or a label is above 99,
 * or that of a superclass above 19. It names the file and the byte.
 *
 * Source: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
 *
 * @example
 * ```ts
 * import { decodeCifar100 } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const record = new Uint8Array(3074);
 * record.set([4, 57]);
 * const { y, coarse } = decodeCifar100(record);
 * assertEquals([coarse.data[0], y.data[0]], [4, 57]);
 * ```
 */
export function decodeCifar100(bytes: Uint8Array, options: DecodeCifarOptions = {}): Cifar100 {
  const { x, labels: [coarse, y] } = decodeRecords(bytes, [20, 100], options);
  return { x, y, coarse };
}

/** Decodes records of labels, each below one of `limits`, and the three planes of an image. */
function decodeRecords(
  bytes: Uint8Array,
  limits: readonly number[],
  options: DecodeCifarOptions,
): { x: NdArray<Uint8Array>; labels: NdArray<Int32Array>[] } {
  const { file = "the CIFAR bytes" } = options;
  const recordBytes = limits.length + CHANNELS * PIXELS;
  const rows = bytes.length / recordBytes;
  if (!Number.isInteger(rows) || rows === 0) {
    throw new SyntaxError(
      `Cannot decode ${file} as it must be records of ${recordBytes} bytes: ` +
        `found ${bytes.length} bytes`,
    );
  }
  const labels = limits.map((limit, i) => {
    const data = Int32Array.from({ length: rows }, (_, row) => bytes[row * recordBytes + i]);
    const wrong = data.findIndex((label) => label >= limit);
    if (wrong < 0) return { data, shape: [rows] };
    throw new SyntaxError(
      `Cannot decode ${file} as byte ${wrong * recordBytes + i} must be a label from 0 to ` +
        `${limit - 1}: found ${data[wrong]}`,
    );
  });
  const data = new Uint8Array(rows * PIXELS * CHANNELS);
  for (let row = 0; row < rows; row++) {
    const image = row * PIXELS * CHANNELS;
    const planes = row * recordBytes + limits.length;
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      for (let channel = 0; channel < CHANNELS; channel++) {
        data[image + pixel * CHANNELS + channel] = bytes[planes + channel * PIXELS + pixel];
      }
    }
  }
  return { x: { data, shape: [rows, SIDE, SIDE, CHANNELS] }, labels };
}
