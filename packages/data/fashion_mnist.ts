import { shapeText } from "./_check_nd_array.ts";
import type { Dataset } from "./dataset.ts";
import { decodeIdx } from "./idx.ts";
import type { NdArray } from "./nd_array.ts";

/** Images of clothes and what they show. */
export interface FashionMnist extends Dataset<Int32Array, Uint8Array> {
  /** The ten classes, in the order of the labels in `y`. */
  readonly classes: readonly string[];
}

/** Options of {@linkcode decodeFashionMnist}. */
export interface DecodeFashionMnistOptions {
  /** The file of images, IDX of `uint8`, with or without gzip. */
  readonly images: Uint8Array;
  /** The file of labels, IDX of `uint8`, with or without gzip. */
  readonly labels: Uint8Array;
  /** The name of the file of images in messages, `"the images"` by default. */
  readonly imagesFile?: string;
  /** The name of the file of labels in messages, `"the labels"` by default. */
  readonly labelsFile?: string;
}

const CLASSES = [
  "T-shirt/top",
  "trouser",
  "pullover",
  "dress",
  "coat",
  "sandal",
  "shirt",
  "sneaker",
  "bag",
  "ankle boot",
] as const;

/**
 * Decodes a pair of files of Fashion-MNIST: 28 × 28 grey pixels of ten kinds of clothes.
 *
 * @param options The bytes of the two files, and their names.
 * @returns The images, `x` `[rows, 28, 28, 1]` from 0 to 255, and labels, `y` `[rows]`.
 * @throws {SyntaxError} If a file is not IDX of `uint8` in the shape of images or labels, the
 * counts differ, or a label is above 9. It names the file.
 *
 * Source: H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking
 * machine learning algorithms" (2017).
 *
 * @example
 * ```ts
 * import { decodeFashionMnist } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const images = new Uint8Array(16 + 784);
 * images.set([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28]);
 * const labels = new Uint8Array([0, 0, 8, 1, 0, 0, 0, 1, 9]);
 * const { x, y, classes } = await decodeFashionMnist({ images, labels });
 * assertEquals(x.shape, [1, 28, 28, 1]);
 * assertEquals(classes[y.data[0]], "ankle boot");
 * ```
 */
export async function decodeFashionMnist(
  options: DecodeFashionMnistOptions,
): Promise<FashionMnist> {
  const { imagesFile = "the images", labelsFile = "the labels" } = options;
  const images = checkBytes(await decodeIdx(options.images, { file: imagesFile }), imagesFile);
  const labels = checkBytes(await decodeIdx(options.labels, { file: labelsFile }), labelsFile);
  const [rows, height, width] = images.shape;
  if (images.shape.length !== 3 || height !== 28 || width !== 28) {
    throw new SyntaxError(
      `Cannot decode ${imagesFile} as images must be of shape [rows, 28, 28]: ` +
        `found ${shapeText(images.shape)}`,
    );
  }
  if (labels.shape.length !== 1) {
    throw new SyntaxError(
      `Cannot decode ${labelsFile} as labels must be of shape [rows]: ` +
        `found ${shapeText(labels.shape)}`,
    );
  }
  if (labels.shape[0] !== rows) {
    throw new SyntaxError(
      `Cannot pair ${imagesFile} with ${labelsFile} as their counts must be equal: ` +
        `found ${rows} and ${labels.shape[0]}`,
    );
  }
  const wrong = labels.data.findIndex((label) => label >= CLASSES.length);
  if (wrong >= 0) {
    throw new SyntaxError(
      `Cannot decode ${labelsFile} as labels must be from 0 to 9: ` +
        `found ${labels.data[wrong]} in row ${wrong}`,
    );
  }
  return {
    x: { data: images.data, shape: [rows, 28, 28, 1] },
    y: { data: Int32Array.from(labels.data), shape: [rows] },
    classes: CLASSES,
  };
}

function checkBytes(x: NdArray, file: string): NdArray<Uint8Array> {
  if (x.data instanceof Uint8Array) return { data: x.data, shape: x.shape };
  throw new SyntaxError(
    `Cannot decode ${file} as its values must be of type 8, bytes: found ` +
      `${x.data.BYTES_PER_ELEMENT} bytes a value`,
  );
}
