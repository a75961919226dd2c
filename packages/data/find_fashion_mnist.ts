import { findFile } from "./_find_files.ts";

/** Where Debian's package `dataset-fashion-mnist` puts its files. */
const FOLDER = "/usr/share/datasets/fashion-mnist";

/**
 * Finds the folder where Debian's package `dataset-fashion-mnist` has put Fashion-MNIST.
 *
 * Needs a runtime with `node:fs`: Node, Deno or Bun.
 *
 * @returns The path for {@linkcode loadFashionMnist}, or null if the package is not installed.
 *
 * @example
 * ```ts
 * import { findFashionMnist, loadFashionMnist } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await findFashionMnist();
 * if (folder !== null) {
 *   const { training } = await loadFashionMnist(folder);
 *   assertEquals(training.x.shape, [60000, 28, 28, 1]);
 * }
 * ```
 */
export async function findFashionMnist(): Promise<string | null> {
  const file = await findFile(FOLDER, ["train-images-idx3-ubyte.gz", "train-images-idx3-ubyte"]);
  return file === null ? null : FOLDER;
}
