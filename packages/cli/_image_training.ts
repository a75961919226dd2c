import {
  augmentationFromJson,
  type ChannelStatistics,
  channelStatistics,
  ImageBatches,
  randomSplit,
  takeRows,
} from "@gradus/data";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { type Random, random } from "@gradus/random";
import type { TrainingRecord } from "@gradus/torch/training-record";
import { openRun, type Run, save } from "@gradus/train";
import { resumeClassifier } from "./resume_classifier.ts";
import type { ImageNetwork, ImageProgram, LabelledImages } from "./run_images.ts";
import { TRAINING_FILE } from "./run_training.ts";
import { type ClassifierOutcome, trainClassifier } from "./train_classifier.ts";
import { UsageError } from "./usage_error.ts";

/** A training that is about to start, in a run's new folder. */
export interface ImageTraining {
  readonly run: Run;
  readonly network: ImageNetwork;
  /** Mean and deviation of the images that are trained on. */
  readonly statistics: ChannelStatistics;
  /** How many epochs were done before. */
  readonly epochsDone: number;
  /** Trains, and saves the model if that came to its end. */
  train(): Promise<ClassifierOutcome>;
}

/** Makes a program's network, and a folder for it. Test images are not looked at. */
export async function openImageTraining(program: ImageProgram): Promise<ImageTraining> {
  const { backend, epochs, seed, resume } = program;
  const { training, validation, statistics, starting, rows } = prepareImages(program);
  const inOrder = { size: program.batch, statistics };
  const batches = new ImageBatches(training, {
    ...inOrder,
    seed,
    augment: (program.augment ?? []).map(augmentationFromJson),
    ...program.mix === undefined ? {} : { mix: program.mix },
  });
  const network = program.build({
    ...{ backend, random: starting, training, statistics },
    stepsPerEpoch: batches.length,
  });
  const done = resume === null ? [] : await resumeClassifier(network, resume);
  if (done.length > epochs) {
    throw new UsageError(
      `Cannot go on from ${resume} as no more than ${epochs} epochs must be done: found ${done.length}`,
    );
  }
  const run = await openImageRun(program, { statistics, parent: resume });
  await writeTraining(run, program, { network, statistics, rows });
  const train = async () => {
    const outcome = await trainClassifier({
      ...network,
      ...{ training: batches, epochs, backend, run, done },
      validation: new ImageBatches(validation, inOrder),
      validationLoss: new SoftmaxCrossEntropy(),
      ...program.signal === undefined ? {} : { signal: program.signal },
      ...program.onProgress === undefined ? {} : { onProgress: program.onProgress },
      ...program.onEpoch === undefined ? {} : { onEpoch: program.onEpoch },
    });
    if (outcome.isComplete) await save(network.model, run.path("model.safetensors"));
    return outcome;
  };
  return { run, network, statistics, epochsDone: done.length, train };
}

/** Keeps what the training is, where another program could do it: one that has the same files. */
async function writeTraining(
  run: Run,
  { task, epochs, batch, seed, augment = [], mix }: ImageProgram,
  { network, statistics, rows }: Pick<ImageTraining, "network" | "statistics"> & {
    readonly rows: Int32Array;
  },
): Promise<void> {
  const { settings, model } = network;
  if (task.files === undefined || settings === undefined || mix !== undefined) return;
  const frozen = model.parameters.filter(({ trainable }) => !trainable).map(({ name }) => name);
  const record: TrainingRecord = {
    data: { ...task.files, statistics, augment },
    rows: [...rows],
    ...{ batch, epochs, seed, frozen },
    ...settings,
  };
  await run.write(TRAINING_FILE, `${JSON.stringify(record)}\n`);
}

/** A new folder for a program, with its configuration. */
export async function openImageRun(
  program: Pick<ImageProgram, "root" | "modelName" | "config" | "backend" | "task">,
  facts: { readonly statistics: ChannelStatistics; readonly parent: string | null },
): Promise<Run> {
  const { root, modelName, config, backend, task } = program;
  return await openRun({
    ...root === undefined ? {} : { root },
    modelName,
    config: {
      ...config,
      // The order of sums, and so their last bits, depend on it.
      ..."threads" in backend ? { threads: backend.threads } : {},
      classes: task.classes,
      ...facts,
    },
  });
}

/** Holds images out, and measures the others. */
export function prepareImages(
  { task, limit, validation, seed }: Pick<ImageProgram, "task" | "limit" | "validation" | "seed">,
) {
  const [splitting, starting] = splitStreams(seed);
  const [rows] = task.training.x.shape;
  const used = Math.min(limit ?? rows!, rows!);
  if (validation >= used) {
    throw new UsageError(
      `Cannot hold out ${validation} images to validate by as some must be left to train on: found ${used} in all`,
    );
  }
  const parts = randomSplit(rows!, {
    counts: { validation, training: used - validation },
    random: splitting,
  });
  const training = takeRows(task.training, parts.training);
  return {
    training,
    validation: takeRows(task.training, parts.validation),
    rows: parts.training,
    statistics: statisticsOf(training),
    starting,
  };
}

function splitStreams(seed: number): [splitting: Random, starting: Random] {
  const stream = random(seed);
  return [stream.split(), stream.split()];
}

function statisticsOf(training: LabelledImages): ChannelStatistics {
  try {
    return channelStatistics(training.x);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}
