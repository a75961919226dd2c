import { type EpochEntry, loadCheckpoint, type TrainingState } from "@gradus/train";
import { readHistory } from "./history_file.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Goes on from the folder of a run that {@linkcode trainClassifier} wrote.
 *
 * @param training The same model, optimizer and average, made with the same settings; they get the state
 * after the run's last whole epoch.
 * @param folder The run's folder.
 * @returns The epochs that were done: `done` of {@linkcode trainClassifier}.
 * @throws {UsageError} If there is no such run, or it is of another model or damaged, in one line.
 *
 * @example
 * ```ts
 * import { resumeClassifier, UsageError } from "@gradus/cli";
 * import { Dense } from "@gradus/layers";
 * import { Sgd } from "@gradus/optim";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertRejects } from "@std/assert";
 *
 * const model = new Dense(3);
 * model.init([4], { backend: reference(), random: random(0) });
 * const optimizer = new Sgd(model.parameters, { learningRate: 0.1 });
 * const folder = await Deno.makeTempDir();
 * await assertRejects(
 *   () => resumeClassifier({ model, optimizer }, folder),
 *   UsageError,
 *   "found no history.json",
 * );
 * ```
 */
export async function resumeClassifier(
  training: Omit<TrainingState, "epoch">,
  folder: string,
): Promise<EpochEntry[]> {
  const history = await readHistory(folder, { verb: "go on from" });
  const count = await readCheckpoint(training, folder);
  if (history.length >= count) return history.slice(0, count);
  throw new UsageError(
    `Cannot go on from ${folder} as its history.json must list the ${count} epochs of its checkpoint: found ${history.length}`,
  );
}

async function readCheckpoint(
  training: Omit<TrainingState, "epoch">,
  folder: string,
): Promise<number> {
  try {
    return await loadCheckpoint(training, `${folder}/checkpoint.safetensors`);
  } catch (cause) {
    const isRefused = cause instanceof SyntaxError || cause instanceof TypeError ||
      cause instanceof RangeError;
    if (!isRefused) throw missing(folder, "checkpoint.safetensors", cause);
    throw new UsageError(cause.message, { cause });
  }
}

function missing(folder: string, name: string, cause: unknown): UsageError {
  return new UsageError(
    `Cannot go on from ${folder} as it must hold what a whole epoch leaves: found no ${name}`,
    { cause },
  );
}
