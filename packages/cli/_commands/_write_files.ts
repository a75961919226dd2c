import { type Contents, writeFileWhole } from "@gradus/train/whole-file";
import { UsageError } from "../usage_error.ts";

/** Writes files into a folder, which is made if it is not there; names are our own, plain ones. */
export async function writeFiles(
  folder: string,
  files: ReadonlyMap<string, Contents>,
): Promise<void> {
  try {
    const { mkdir } = await import("node:fs/promises");
    await mkdir(folder, { recursive: true });
    for (const [name, contents] of files) await writeFileWhole(`${folder}/${name}`, contents);
  } catch (cause) {
    throw new UsageError(
      `Cannot write into ${folder} as it must be a folder that can be written to: found ${
        (cause as Error).message
      }`,
      { cause },
    );
  }
}
