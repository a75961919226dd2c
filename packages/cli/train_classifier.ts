import type { Layer } from "@gradus/layers";
import type { Loss } from "@gradus/losses";
import type { Optimizer } from "@gradus/optim";
import type { Backend } from "@gradus/tensor";
import {
  type BatchSource,
  type EpochEntry,
  evaluate,
  fit,
  loadCheckpoint,
  parameterStatistics,
  readFileWhole,
  type Run,
  saveCheckpoint,
  type WeightAverage,
} from "@gradus/train";

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
  /** Averages the weights; called after each step. Default: none. */
  readonly average?: WeightAverage;
  /** Folder of the run to go on from. Default: none. */
  readonly resume?: string | null;
  /** Asks to stop after the step that is under way: saves, and returns. Default: never. */
  readonly signal?: AbortSignal;
  /** Sees how far training is, now and then. */
  readonly onProgress?: (progress: ClassifierProgress) => void;
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
 * A stop in mid-epoch loses the steps of that epoch: the checkpoint is of the last whole one.
 *
 * @param options The training.
 * @returns What it did.
 * @throws {TypeError} If the run to go on from has another model.
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
  const { model, loss, validationLoss, optimizer, training, validation, epochs, backend } = options;
  const { run, average, resume = null, signal, onProgress = () => {} } = options;
  const parts = { model, optimizer, ...average === undefined ? {} : { average } };
  let startEpoch = 0;
  if (resume !== null) {
    startEpoch = await loadCheckpoint(parts, `${resume}/checkpoint.safetensors`);
    run.restart(await readHistory(`${resume}/history.json`, startEpoch));
  }

  const learningRates: number[] = [];
  const total = epochs * training.length;
  const startMs = performance.now();
  let epochStartMs = startMs;
  let shownMs = startMs;
  let rows = 0;
  let isComplete = startEpoch >= epochs;
  if (isComplete) return { epochs: run.epochs, learningRates, imagesPerSecond: 0, isComplete };

  for await (
    const step of fit({ model, loss, optimizer, batches: training, epochs, startEpoch })
  ) {
    average?.update();
    learningRates.push(step.learningRate);
    rows += step.rows;
    const now = performance.now();
    if (now - shownMs > PROGRESS_MS || step.isLast) {
      shownMs = now;
      const { loss, accuracy } = await step.epochMeans();
      const done = startEpoch * training.length + learningRates.length;
      const elapsedMs = now - startMs;
      onProgress({
        ...{ epoch: step.epoch, epochs, share: done / total, loss, accuracy },
        imagesPerSecond: 1000 * rows / elapsedMs,
        leftMs: elapsedMs * (total - done) / learningRates.length,
      });
    }
    if (signal?.aborted && !step.isLast) break;
    if (!step.isLast) continue;

    await run.log({
      epoch: step.epoch,
      training: await step.epochMeans(),
      validation: await evaluate({ model, loss: validationLoss, batches: validation, backend }),
      learningRate: step.learningRate,
      durationMs: performance.now() - epochStartMs,
      parameters: await parameterStatistics(model),
    });
    await saveCheckpoint({ ...parts, epoch: step.epoch + 1 }, run.path("checkpoint.safetensors"));
    await run.write("history.json", `${JSON.stringify(run.epochs)}\n`);
    isComplete = step.epoch + 1 === epochs;
    if (signal?.aborted) break;
    epochStartMs = performance.now();
  }
  await run.finish();
  const seconds = (performance.now() - startMs) / 1000;
  return { epochs: run.epochs, learningRates, imagesPerSecond: rows / seconds, isComplete };
}

async function readHistory(file: string, count: number): Promise<EpochEntry[]> {
  const history: unknown = JSON.parse(new TextDecoder().decode(await readFileWhole(file)));
  if (!Array.isArray(history) || history.length < count) {
    throw new SyntaxError(
      `Cannot go on from ${file} as it must list ${count} epochs: found ${
        Array.isArray(history) ? history.length : typeof history
      }`,
    );
  }
  return history.slice(0, count);
}
