/** How deep below a folder runs are looked for: `experiments/<model name>/<run>` is two. */
const DEPTH = 3;

/**
 * The folders of runs in some folders: those that have a `config.json`, at most three levels down.
 *
 * Links are not followed, and names that begin with a dot are left out.
 *
 * @param folders Where to look: a run itself, the runs of a model, or all experiments.
 * @returns Paths in alphabetical order, each once.
 * @throws {Error} As the system says, if a folder cannot be read.
 *
 * @example
 * ```ts
 * import { findRunFolders } from "@gradus/cli";
 * import { openRun } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * const { folder } = await openRun({ root, modelName: "iris", config: {} });
 * assertEquals(await findRunFolders([root]), [folder]);
 * ```
 */
export async function findRunFolders(folders: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    folders.map((folder) => runsIn(folder.replace(/(?<=.)\/+$/, ""), DEPTH)),
  );
  return [...new Set(found.flat())].sort();
}

async function runsIn(folder: string, depth: number): Promise<string[]> {
  const { readdir } = await import("node:fs/promises");
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some((entry) => entry.name === "config.json" && entry.isFile())) return [folder];
  if (depth === 0) return [];
  const inside = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
  const found = await Promise.all(inside.map(({ name }) => runsIn(`${folder}/${name}`, depth - 1)));
  return found.flat();
}
