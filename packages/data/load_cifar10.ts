import { CIFAR10_CLASSES } from "./_cifar_classes.ts";
import { findFiles } from "./_find_files.ts";
import { loadNames, loadRecords } from "./_load_cifar.ts";
import type { Cifar10 } from "./cifar.ts";

/** The two parts of CIFAR-10 as they are published. */
export interface Cifar10Parts {
  /** The 50,000 images to learn from. */
  readonly training: Cifar10;
  /** The 10,000 images to test with. */
  readonly test: Cifar10;
}

const BATCHES = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`);

/**
 * Loads CIFAR-10's binary version from a folder: 32 × 32 colour images of ten classes.
 *
 * It needs `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`, in the folder or in its
 * `cifar-10-batches-bin`, as the archive has it. The names of the classes are those of
 * `batches.meta.txt` if that is there. The arrays have 184 MB; the files are read in
 * pieces.
 *
 * Needs a runtime with `node:fs`: Node, Deno or Bun.
 *
 * @param folder The path of the folder.
 * @returns The images, `x` `[rows, 32, 32, 3]` from 0 to 255, and labels, `y` `[rows]`, of both parts.
 * @throws {MissingFilesError} If not all files are there; it tells where it looked.
 * @throws {SyntaxError} If a file does not consist of whole records, a label is above 9, or not ten
 * classes are named. It names the file and the byte.
 *
 * Source: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
 *
 * @example
 * ```ts
 * import { loadCifar10 } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const names = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}`);
 * for (const name of [...names, "test_batch"]) {
 *   await Deno.writeFile(`${folder}/${name}.bin`, new Uint8Array(2 * 3073)); // two black airplanes
 * }
 * const { training, test } = await loadCifar10(folder);
 * assertEquals(training.x.shape, [10, 32, 32, 3]);
 * assertEquals(test.classes[test.y.data[0]], "airplane");
 * ```
 */
export async function loadCifar10(folder: string): Promise<Cifar10Parts> {
  const paths = await findFiles("load CIFAR-10", {
    folders: [folder, `${folder}/cifar-10-batches-bin`],
    files: [...BATCHES, "test_batch.bin"].map((name) => [name]),
  });
  const batches = paths.slice(0, BATCHES.length);
  const place = batches[0].slice(0, -BATCHES[0].length);
  const count = CIFAR10_CLASSES.length;
  const classes = await loadNames(`${place}batches.meta.txt`, count) ?? CIFAR10_CLASSES;
  const load = async (paths: readonly string[]): Promise<Cifar10> => {
    const { x, labels: [y] } = await loadRecords(paths, [count]);
    return { x, y, classes };
  };
  return { training: await load(batches), test: await load(paths.slice(BATCHES.length)) };
}
