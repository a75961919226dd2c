import type { Layer } from "@gradus/layers";
import type { Loss } from "@gradus/losses";
import type { Optimizer } from "@gradus/optim";
import type { Backend } from "@gradus/tensor";
import {
  type BatchSource,
  type EpochEntry,
  evaluate,
  fit,
  type FitOptions,
  parameterStatistics,
  type Run,
  saveCheckpoint,
  type Step,
  type WeightAverage,
} from "@gradus/train";
import { DivergedError } from "./diverged_error.ts";
import { writeHistory } from "./history_file.ts";

/** What {@linkcode trainClassifier} needs. */
export interface ClassifierTraining {
  /** Gives logits; initialised. */
  readonly model: Layer;
  /** The loss of training. */
  readonly loss: Loss;
  /** The loss of validation, without smoothing. */
  readonly validationLoss: Loss;
  /** Moves the parameters. */
  readonly optimizer: Optimizer;
  /** Training rows. */
  readonly training: BatchSource & { readonly rows: number };
  /** Rows to choose by. */
  readonly validation: BatchSource;
  /** Epochs in all. */
  readonly epochs: number;
  /** Where the model is. */
  readonly backend: Backend;
  /** Where everything is written. */
  readonly run: Run;
  /**
   * Averages the weights; called after each step. What it averages is what is validated, and what the model
   * holds when all epochs are done. Default: none.
   */
  readonly average?: WeightAverage;
  /** Epochs that were done before, as {@linkcode resumeClassifier} returns them. Default: none. */
  readonly done?: readonly EpochEntry[];
  /** Asks to stop after the step that is under way. Default: never. */
  readonly signal?: AbortSignal;
  /** Sees how far training is, now and then. */
  readonly onProgress?: (progress: ClassifierProgress) => void;
  /** Sees each epoch when it is saved. */
  readonly onEpoch?: (entry: EpochEntry) => void;
}

/** How far a training is. */
export interface ClassifierProgress {
  /** Number of the epoch, from 0. */
  readonly epoch: number;
  /** Epochs in all. */
  readonly epochs: number;
  /** Share of all steps that are done. */
  readonly share: number;
  /** Means of the epoch so far. */
  readonly loss: number;
  /** Accuracy of the epoch so far. */
  readonly accuracy: number | null;
  /** Rows trained on in a second. */
  readonly imagesPerSecond: number;
  /** Time until the last step at this speed. */
  readonly leftMs: number;
}

/** What a training did. */
export interface ClassifierOutcome {
  /** All epochs, those before a resumption included. */
  readonly epochs: readonly EpochEntry[];
  /** Steps before the first one of this run: 0, unless it was gone on from another. */
  readonly firstStep: number;
  /** The rate of each step of this run. */
  readonly learningRates: readonly number[];
  /** Rows trained on in a second, over the whole run. */
  readonly imagesPerSecond: number;
  /** Whether all epochs were done, rather than a signal obeyed. */
  readonly isComplete: boolean;
}

/** Least time between two looks at the loss. */
const PROGRESS_MS = 500;

/**
 * Trains a classifier, and writes history, curves and a checkpoint after each epoch.
 *
 * A stop in mid-epoch loses the steps of that epoch: the checkpoint is of the last whole one. Training
 * that goes on from it equals training that never stopped, to the byte.
 *
 * @param options The training.
 * @returns What it did.
 * @throws {DivergedError} If a loss or a gradient is not finite; the checkpoint of the epoch before stays.
 * @throws {TypeError} If inputs or targets do not fit the model or the loss.
 *
 * @example
 * ```ts
 * import { trainClassifier } from "@gradus/cli";
 * import { Batches, iris } from "@gradus/data";
 * import { Dense } from "@gradus/layers";
 * import { SoftmaxCrossEntropy } from "@gradus/losses";
 * import { Sgd } from "@gradus/optim";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { openRun } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const model = new Dense(3);
 * model.init([4], { backend, random: random(0) });
 * const training = new Batches(iris(), { size: 16, seed: 0 });
 * const root = await Deno.makeTempDir();
 * const { epochs, isComplete } = await trainClassifier({
 *   ...{ model, training, validation: training, backend, epochs: 2 },
 *   loss: new SoftmaxCrossEntropy(),
 *   validationLoss: new SoftmaxCrossEntropy(),
 *   optimizer: new Sgd(model.parameters, { learningRate: 0.01 }),
 *   run: await openRun({ root, modelName: "iris", config: {} }),
 * });
 * assertEquals([epochs.length, isComplete], [2, true]);
 * ```
 */
export async function trainClassifier(options: ClassifierTraining): Promise<ClassifierOutcome> {
  const { model, loss, optimizer, training, epochs, run, average, done = [] } = options;
  const { signal, onProgress = () => {}, onEpoch = () => {} } = options;
  const [startEpoch, firstStep] = [done.length, done.length * training.length];
  const total = epochs * training.length;
  run.restart(done);

  const learningRates: number[] = [];
  const startMs = performance.now();
  let [epochStartMs, shownMs, rows] = [startMs, startMs, 0];
  for await (
    const step of steps({ model, loss, optimizer, batches: training, epochs, startEpoch })
  ) {
    average?.update();
    learningRates.push(step.learningRate);
    rows += step.rows;
    const now = performance.now();
    if (now - shownMs > PROGRESS_MS || step.isLast) {
      shownMs = now;
      const { loss, accuracy } = await step.epochMeans();
      const count = firstStep + learningRates.length;
      const elapsedMs = now - startMs;
      onProgress({
        ...{ epoch: step.epoch, epochs, share: count / total, loss, accuracy },
        imagesPerSecond: 1000 * rows / elapsedMs,
        leftMs: elapsedMs * (total - count) / learningRates.length,
      });
    }
    if (step.isLast) {
      onEpoch(await endEpoch(step, options, { startMs: epochStartMs }));
      epochStartMs = performance.now();
    }
    if (signal?.aborted) break;
  }
  await run.finish();
  const seconds = (performance.now() - startMs) / 1000;
  const isComplete = run.epochs.length >= epochs;
  if (isComplete) average?.apply();
  return {
    epochs: run.epochs,
    firstStep,
    learningRates,
    imagesPerSecond: rows / seconds,
    isComplete,
  };
}

/** The steps of `fit`, which refuses to go on from numbers that are not finite. */
async function* steps(options: FitOptions): AsyncGenerator<Step, void> {
  try {
    yield* fit(options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DivergedError(error.message, { cause: error });
  }
}

/** Validates after the last step of an epoch, and writes what a later run can go on from. */
async function endEpoch(
  step: Step,
  options: ClassifierTraining,
  { startMs }: { readonly startMs: number },
): Promise<EpochEntry> {
  const { model, validationLoss, validation: batches, backend, optimizer, average, run } = options;
  const epoch = step.epoch + 1;
  average?.swap();
  const validation = await evaluate({ model, loss: validationLoss, batches, backend });
  average?.swap();
  // The last step may be the one that diverges, which shows first after it.
  if (!Number.isFinite(validation.loss)) {
    throw new DivergedError(
      `Cannot go on training as the validation loss of epoch ${epoch} must be finite: found ${validation.loss}`,
    );
  }
  const entry = {
    epoch: step.epoch,
    training: await step.epochMeans(),
    validation,
    learningRate: step.learningRate,
    durationMs: performance.now() - startMs,
    parameters: await parameterStatistics(model),
  };
  await run.log(entry);
  // Before the checkpoint, so that no checkpoint ever lacks the history of its epochs.
  await writeHistory(run);
  const state = { model, optimizer, epoch, ...average === undefined ? {} : { average } };
  await saveCheckpoint(state, run.path("checkpoint.safetensors"));
  return entry;
}
