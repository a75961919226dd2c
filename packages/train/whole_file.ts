/** What a file's bytes may be given as. */
export type Contents = string | Uint8Array;

/**
 * Writes a file so that it is either there whole or as it was: to a temporary file beside it, to the
 * disk, then renamed.
 *
 * Needs a runtime with `node:fs`: Node, Deno or Bun. Of two writers at once one comes last.
 *
 * @param path Where; its folder must exist.
 * @param contents Bytes, or text for UTF-8.
 * @throws {Error} As the system says, if the file cannot be written; nothing is left behind.
 *
 * @example
 * ```ts
 * import { writeFileWhole } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/loss.csv`;
 * await writeFileWhole(path, "epoch,loss\n");
 * assertEquals(await Deno.readTextFile(path), "epoch,loss\n");
 * ```
 */
export async function writeFileWhole(path: string, contents: Contents): Promise<void> {
  const { rename, rm } = await import("node:fs/promises");
  const { temporary, file } = await openBeside(path);
  try {
    try {
      await file.writeFile(contents);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A new file that no other writer has, in the same folder, as a rename across disks would copy. */
async function openBeside(path: string) {
  const { open } = await import("node:fs/promises");
  for (let number = 1;; number++) {
    const temporary = `${path}.${number}.tmp`;
    try {
      return { temporary, file: await open(temporary, "wx") };
    } catch (error) {
      if ((error as { code?: string }).code !== "EEXIST") throw error;
    }
  }
}

/**
 * Reads a file whole.
 *
 * @param path Where.
 * @returns Its bytes.
 * @throws {Error} As the system says, if the file cannot be read.
 *
 * @example
 * ```ts
 * import { readFileWhole } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * assertEquals((await readFileWhole(path)).length, 0);
 * ```
 */
export async function readFileWhole(path: string): Promise<Uint8Array> {
  const { readFile } = await import("node:fs/promises");
  return await readFile(path);
}
