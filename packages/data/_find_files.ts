import { MissingFilesError } from "./missing_files_error.ts";

/** Where to look for files. */
export interface FindFilesOptions {
  /** The folders, of which the first with any of the files counts. */
  readonly folders: readonly string[];
  /** For each file the names it may have, of which the first that is there counts. */
  readonly files: readonly (readonly string[])[];
}

/**
 * Finds files that belong together, all in one folder.
 *
 * @param action What cannot be done without them, such as `load CIFAR-10`.
 * @returns The path of each.
 */
export async function findFiles(action: string, options: FindFilesOptions): Promise<string[]> {
  const { folders, files } = options;
  for (const folder of folders) {
    const paths = await Promise.all(files.map((names) => findFile(folder, names)));
    const missing = files.filter((_, i) => paths[i] === null);
    if (missing.length === files.length) continue;
    if (missing.length > 0) {
      throw new MissingFilesError(
        `Cannot ${action} as ${folder} must hold all its files: found no ${list(missing)}`,
      );
    }
    return paths.filter((path) => path !== null);
  }
  throw new MissingFilesError(
    `Cannot ${action} as ${folders.join(" or ")} must hold ${list(files)}: found none of them`,
  );
}

/** The path of the first of these names in a folder; null if none is there. */
export async function findFile(folder: string, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    const path = `${folder}/${name}`;
    if (await isFile(path)) return path;
  }
  return null;
}

async function isFile(path: string): Promise<boolean> {
  const { stat } = await import("node:fs/promises");
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}

function list(files: readonly (readonly string[])[]): string {
  return files.map(([name]) => name).join(", ");
}
