import type { ImageTask } from "@gradus/cli/run-images";
import { UsageError } from "@gradus/cli/usage-error";
import { drawnShapes } from "@gradus/data/drawn-shapes";
import { findFashionMnist } from "@gradus/data/find-fashion-mnist";
import { loadFashionMnist } from "@gradus/data/load-fashion-mnist";
import { MissingFilesError } from "@gradus/data/missing-files-error";
import type { Settings } from "./flags.ts";

/** Where the files are looked for when no folder is given and Debian's package is not there. */
export const DATA_FOLDER = "data/fashion-mnist";

const CLASSES = [
  "T-shirt",
  "trouser",
  "pullover",
  "dress",
  "coat",
  "sandal",
  "shirt",
  "sneaker",
  "bag",
  "boot",
];

/** Fashion-MNIST from files, or shapes drawn in code. */
export async function readImages({ sample, seed, data }: Settings): Promise<ImageTask> {
  if (sample) {
    const training = drawnShapes({ rows: 5000, seed });
    // Another seed, so that no test image is a training image.
    const test = drawnShapes({ rows: 1000, seed: seed + 1_000_003 });
    return { training, test, classes: training.classes };
  }
  const folder = data ?? await findFashionMnist() ?? DATA_FOLDER;
  try {
    const { training, test } = await loadFashionMnist(folder);
    return { training, test, classes: CLASSES };
  } catch (error) {
    // Missing or broken files are the user's to mend: one line, without a trace.
    if (error instanceof MissingFilesError) {
      throw new UsageError(
        `${error.message}; \`deno task download fashion-mnist\` fetches it, --data names another folder, --sample does without`,
        { cause: error },
      );
    }
    if (error instanceof SyntaxError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
