import { findFiles } from "./_find_files.ts";
import { decodeFashionMnist, type FashionMnist } from "./fashion_mnist.ts";

/** The two parts of Fashion-MNIST as they are published. */
export interface FashionMnistParts {
  /** The 60,000 images to learn from. */
  readonly training: FashionMnist;
  /** The 10,000 images to test with. */
  readonly test: FashionMnist;
}

/**
 * Loads Fashion-MNIST from a folder: 28 × 28 grey images of ten kinds of clothes.
 *
 * It needs `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
 * `t10k-labels-idx1-ubyte`, each as it is or compressed as `.gz`. MNIST itself, whose files have the
 * same names and format, loads too, under the names of clothes.
 *
 * Needs a runtime with `node:fs`: Node, Deno or Bun.
 *
 * @param folder The path of the folder.
 * @returns The images, `x` `[rows, 28, 28, 1]` from 0 to 255, and labels, `y` `[rows]`, of both parts.
 * @throws {MissingFilesError} If not all files are there; it tells where it looked.
 * @throws {SyntaxError} If a file does not decode, or images and labels do not belong together. It
 * names the file and the byte.
 *
 * Source: H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking
 * machine learning algorithms" (2017).
 *
 * @example
 * ```ts
 * import { loadFashionMnist } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const images = new Uint8Array(16 + 784);
 * images.set([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28]);
 * const labels = new Uint8Array([0, 0, 8, 1, 0, 0, 0, 1, 9]);
 * const folder = await Deno.makeTempDir();
 * for (const part of ["train", "t10k"]) {
 *   await Deno.writeFile(`${folder}/${part}-images-idx3-ubyte`, images);
 *   await Deno.writeFile(`${folder}/${part}-labels-idx1-ubyte`, labels);
 * }
 * const { training, test } = await loadFashionMnist(folder);
 * assertEquals(training.x.shape, [1, 28, 28, 1]);
 * assertEquals(test.classes[test.y.data[0]], "ankle boot");
 * ```
 */
export async function loadFashionMnist(folder: string): Promise<FashionMnistParts> {
  const files = ["train", "t10k"].flatMap((part) => [
    [`${part}-images-idx3-ubyte`, `${part}-images-idx3-ubyte.gz`],
    [`${part}-labels-idx1-ubyte`, `${part}-labels-idx1-ubyte.gz`],
  ]);
  const paths = await findFiles("load Fashion-MNIST", { folders: [folder], files });
  return {
    training: await load(paths[0], paths[1]),
    test: await load(paths[2], paths[3]),
  };
}

async function load(imagesFile: string, labelsFile: string): Promise<FashionMnist> {
  const { readFile } = await import("node:fs/promises");
  const [images, labels] = [await readFile(imagesFile), await readFile(labelsFile)];
  return decodeFashionMnist({ images, labels, imagesFile, labelsFile });
}
