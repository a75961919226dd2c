import type { Sequential } from "@gradus/layers";
import type { Optimizer } from "@gradus/optim";
import { trainingFromJson } from "@gradus/torch/training-from-json";
import type { TrainingRecord } from "@gradus/torch/training-record";
import { loadCheckpoint, readFileWhole, type WeightAverage } from "@gradus/train";
import { startTraining, type TrainingSettings } from "./training_settings.ts";
import { UsageError } from "./usage_error.ts";

/** The file of a run that says what its training is. */
export const TRAINING_FILE = "training.json";

/** A training as far as a run got. */
export interface RunTraining {
  /** What it is. */
  readonly record: TrainingRecord;
  /** Moves the model's parameters, after the steps of the run. */
  readonly optimizer: Optimizer;
  /** Averages the weights; only where the record says so. */
  readonly average?: WeightAverage;
  /** What optimizer and average were made from. */
  readonly settings: TrainingSettings;
  /** Epochs done. */
  readonly epochs: number;
}

/** What {@linkcode openRunTraining} takes beside the folder. */
export interface RunTrainingOptions {
  /** The run's model, which gets the weights of the run's last whole epoch. */
  readonly model: Sequential;
  /** What is done with it, for messages, such as `export`. */
  readonly verb: string;
}

/**
 * Whether a run says what its training is.
 *
 * @param folder The run's folder.
 * @returns False if it trained on what another program could not read.
 *
 * @example
 * ```ts
 * import { hasTraining } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await hasTraining(await Deno.makeTempDir()), false);
 * ```
 */
export async function hasTraining(folder: string): Promise<boolean> {
  return await readTraining(folder) !== null;
}

/**
 * The training of a run, from its `training.json` and its `checkpoint.safetensors`.
 *
 * @param folder The run's folder.
 * @param options The model, and what is done with it.
 * @returns The training, or null if the run has no `training.json`: if it trained on what another program
 * could not read.
 * @throws {UsageError} If one of the files is not of this model, or the checkpoint is missing, in one line;
 * the model's weights stay.
 *
 * @example
 * ```ts
 * import { openRunTraining } from "@gradus/cli";
 * import { Dense, Sequential } from "@gradus/layers";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const model = new Sequential([new Dense(3)]);
 * assertEquals(await openRunTraining(folder, { model, verb: "export" }), null);
 * ```
 */
export async function openRunTraining(
  folder: string,
  options: RunTrainingOptions,
): Promise<RunTraining | null> {
  const { model, verb } = options;
  const bytes = await readTraining(folder);
  if (bytes === null) return null;
  try {
    const record = trainingFromJson(JSON.parse(new TextDecoder().decode(bytes)));
    for (const parameter of model.parameters) {
      if (record.frozen.includes(parameter.name)) parameter.trainable = false;
    }
    const { loss, optimizer: moving, average: averaging } = record;
    const settings = { loss, optimizer: moving, average: averaging };
    const { optimizer, average } = startTraining(model, settings);
    const state = { model, optimizer, ...average === undefined ? {} : { average } };
    const epochs = await loadCheckpoint(state, `${folder}/checkpoint.safetensors`);
    return { ...state, record, settings, epochs };
  } catch (cause) {
    const isRefused = cause instanceof SyntaxError || cause instanceof TypeError ||
      cause instanceof RangeError;
    throw new UsageError(
      isRefused
        ? `Cannot ${verb} ${folder} as its training must be whole: found ${cause.message}`
        : `Cannot ${verb} ${folder} as it must hold what a whole epoch leaves: found no checkpoint.safetensors`,
      { cause },
    );
  }
}

async function readTraining(folder: string): Promise<Uint8Array | null> {
  try {
    return await readFileWhole(`${folder}/${TRAINING_FILE}`);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return null;
    throw error;
  }
}
