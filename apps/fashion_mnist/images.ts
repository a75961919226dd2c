import { drawnTask } from "@gradus/cli/drawn-task";
import { explainFiles } from "@gradus/cli/explain-files";
import type { ImageTask } from "@gradus/cli/run-images";
import { findFashionMnist } from "@gradus/data/find-fashion-mnist";
import { loadFashionMnist } from "@gradus/data/load-fashion-mnist";
import type { Trial } from "./flags.ts";

/** Where the files are looked for when no folder is given and Debian's package is not there. */
export const DATA_FOLDER = "data/fashion-mnist";

/**
 * Fashion-MNIST from files, or shapes drawn in code.
 *
 * @throws {UsageError} If files are missing or broken.
 */
export async function readImages(settings: Trial): Promise<ImageTask> {
  if (settings.sample) return drawnTask(settings);
  const folder = settings.data ?? await findFashionMnist() ?? DATA_FOLDER;
  const { training, test } = await explainFiles(loadFashionMnist(folder), {
    advice:
      "`deno task download fashion-mnist` fetches it, --data names another folder, --sample does without",
  });
  return { training, test, classes: training.classes, files: { type: "fashionMnist", folder } };
}
