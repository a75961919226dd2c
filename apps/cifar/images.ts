import { drawnTask } from "@gradus/cli/drawn-task";
import { explainFiles } from "@gradus/cli/explain-files";
import type { ImageTask } from "@gradus/cli/run-images";
import { loadCifar10 } from "@gradus/data/load-cifar10";
import { loadImagesNpy } from "@gradus/data/load-images-npy";
import type { NdArray } from "@gradus/data/nd-array";
import type { Trial } from "./flags.ts";

/** Where the files are looked for when no folder is given. */
export const DATA_FOLDER = "data/cifar-10";

/**
 * CIFAR-10 from files, or shapes drawn in code; images of `--test` in place of the test batch.
 *
 * @throws {UsageError} If files are missing or broken.
 */
export async function readImages(settings: Trial): Promise<ImageTask> {
  const { sample, data, test } = settings;
  // First, as the other files take longer to read.
  const x = test === null ? null : await explainFiles(loadTest(test));
  const task = sample ? drawnTask(settings) : await explainFiles(loadTask(data ?? DATA_FOLDER), {
    advice:
      "`deno task download cifar-10` fetches it, --data names another folder, --sample does without",
  });
  if (x === null) return task;
  const rows = x.shape[0]!;
  return { ...task, test: { x, y: { data: new Int32Array(rows).fill(-1), shape: [rows] } } };
}

async function loadTask(folder: string): Promise<ImageTask> {
  const { training, test } = await loadCifar10(folder);
  return { training, test, classes: training.classes, files: { type: "cifar10", folder } };
}

/** Where a shape leaves open how flat images lie, they lie as in CIFAR-10's own files. */
async function loadTest(file: string): Promise<NdArray<Uint8Array>> {
  try {
    return await loadImagesNpy(file);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return await loadImagesNpy(file, { layout: "channels first" });
  }
}
