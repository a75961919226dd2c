import { CIFAR100_CLASSES, CIFAR100_SUPERCLASSES } from "./_cifar_classes.ts";
import { findFiles } from "./_find_files.ts";
import { loadNames, loadRecords } from "./_load_cifar.ts";
import type { Cifar100 } from "./cifar.ts";

/** The two parts of CIFAR-100 as they are published. */
export interface Cifar100Parts {
  /** The 50,000 images to learn from. */
  readonly training: Cifar100;
  /** The 10,000 images to test with. */
  readonly test: Cifar100;
}

/**
 * Loads CIFAR-100's binary version from a folder: 32 × 32 colour images of a hundred classes in
 * twenty superclasses.
 *
 * It needs `train.bin` and `test.bin`, in the folder or in its `cifar-100-binary`, as the archive has
 * it. The names of the classes are those of `fine_label_names.txt` and `coarse_label_names.txt` if
 * these are there. The arrays have 185 MB; the files are read in pieces.
 *
 * Needs a runtime with `node:fs`: Node, Deno or Bun.
 *
 * @param folder The path of the folder.
 * @returns The images, `x` `[rows, 32, 32, 3]` from 0 to 255, labels, `y` `[rows]`, and those of the
 * superclasses, `coarse` `[rows]`, of both parts.
 * @throws {MissingFilesError} If not all files are there; it tells where it looked.
 * @throws {SyntaxError} If a file does not consist of whole records, a label is out of range, or the
 * number of names is another. It names the file and the byte.
 *
 * Source: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
 *
 * @example
 * ```ts
 * import { loadCifar100 } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeFile(`${folder}/train.bin`, new Uint8Array(2 * 3074));
 * await Deno.writeFile(`${folder}/test.bin`, new Uint8Array(3074));
 * const { training, test } = await loadCifar100(folder);
 * assertEquals(training.x.shape, [2, 32, 32, 3]);
 * assertEquals(test.classes[test.y.data[0]], "apple");
 * ```
 */
export async function loadCifar100(folder: string): Promise<Cifar100Parts> {
  const [training, test] = await findFiles("load CIFAR-100", {
    folders: [folder, `${folder}/cifar-100-binary`],
    files: [["train.bin"], ["test.bin"]],
  });
  const place = training.slice(0, -"train.bin".length);
  const names = (name: string, builtIn: readonly string[]) =>
    loadNames(`${place}${name}_label_names.txt`, builtIn.length).then((found) => found ?? builtIn);
  const classes = await names("fine", CIFAR100_CLASSES);
  const superclasses = await names("coarse", CIFAR100_SUPERCLASSES);
  const load = async (path: string): Promise<Cifar100> => {
    const { x, labels: [coarse, y] } = await loadRecords(
      [path],
      [superclasses.length, classes.length],
    );
    return { x, y, coarse, classes, superclasses };
  };
  return { training: await load(training), test: await load(test) };
}
