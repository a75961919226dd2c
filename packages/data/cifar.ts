import { CIFAR100_CLASSES, CIFAR100_SUPERCLASSES, CIFAR10_CLASSES } from "./_cifar_classes.ts";
import { allocateRecords, CHANNELS, countRecords, decodeRecords, SIDE } from "./_cifar_records.ts";
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
  /** The hundred classes, in the order of the labels in `y`. */
  readonly classes: readonly string[];
  /** The twenty superclasses, in the order of the labels in `coarse`. */
  readonly superclasses: readonly string[];
}

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
  const { x, labels: [y] } = decodeFile(bytes, [CIFAR10_CLASSES.length], options);
  return { x, y, classes: CIFAR10_CLASSES };
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
 * const { y, coarse, classes, superclasses } = decodeCifar100(record);
 * assertEquals([superclasses[coarse.data[0]], classes[y.data[0]]], ["fruit_and_vegetables", "pear"]);
 * ```
 */
export function decodeCifar100(bytes: Uint8Array, options: DecodeCifarOptions = {}): Cifar100 {
  const classes = CIFAR100_CLASSES;
  const superclasses = CIFAR100_SUPERCLASSES;
  const counts = [superclasses.length, classes.length];
  const { x, labels: [coarse, y] } = decodeFile(bytes, counts, options);
  return { x, y, coarse, classes, superclasses };
}

function decodeFile(
  bytes: Uint8Array,
  classCounts: readonly number[],
  { file = "the CIFAR bytes" }: DecodeCifarOptions,
): { x: NdArray<Uint8Array>; labels: NdArray<Int32Array>[] } {
  const rows = countRecords(bytes.length, { classCounts, file });
  const records = allocateRecords(rows, classCounts);
  decodeRecords(bytes, { ...records, begin: 0, first: 0 }, { classCounts, file });
  return {
    x: { data: records.images, shape: [rows, SIDE, SIDE, CHANNELS] },
    labels: records.labels.map((data) => ({ data, shape: [rows] })),
  };
}
