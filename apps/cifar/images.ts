import type { ImageTask } from "@gradus/cli/run-images";
import { UsageError } from "@gradus/cli/usage-error";
import { drawnShapes } from "@gradus/data/drawn-shapes";
import { loadCifar10 } from "@gradus/data/load-cifar10";
import { loadImagesNpy } from "@gradus/data/load-images-npy";
import { MissingFilesError } from "@gradus/data/missing-files-error";
import type { Settings } from "./flags.ts";

/** Where the files are looked for when no folder is given. */
export const DATA_FOLDER = "data/cifar-10";

/** CIFAR-10 from files, or shapes drawn in code. */
export async function readImages(settings: Settings): Promise<ImageTask> {
  const task = settings.sample ? drawn(settings.seed) : await fromFiles(settings);
  if (settings.test === null) return task;
  const x = await explained(loadImagesNpy(settings.test));
  const rows = x.shape[0]!;
  return { ...task, test: { x, y: { data: new Int32Array(rows).fill(-1), shape: [rows] } } };
}

function drawn(seed: number): ImageTask {
  const training = drawnShapes({ rows: 5000, seed });
  // Another seed, so that no test image is a training image.
  const test = drawnShapes({ rows: 1000, seed: seed + 1_000_003 });
  return { training, test, classes: training.classes };
}

async function fromFiles({ data }: Settings): Promise<ImageTask> {
  const { training, test } = await explained(loadCifar10(data ?? DATA_FOLDER));
  return { training, test, classes: training.classes };
}

/** Missing or broken files are the user's to mend: one line, without a trace. */
async function explained<Value>(loading: Promise<Value>): Promise<Value> {
  try {
    return await loading;
  } catch (error) {
    if (error instanceof MissingFilesError) {
      throw new UsageError(
        `${error.message}; \`deno task download cifar-10\` fetches it, --data names another folder, --sample does without`,
        { cause: error },
      );
    }
    if (error instanceof SyntaxError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
