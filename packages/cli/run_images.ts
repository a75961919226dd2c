import {
  type Augmentation,
  type ChannelStatistics,
  channelStatistics,
  type Dataset,
  ImageBatches,
  type Mixing,
  randomSplit,
  takeRows,
} from "@gradus/data";
import type { Sequential } from "@gradus/layers";
import { type Loss, SoftmaxCrossEntropy } from "@gradus/losses";
import type { Optimizer } from "@gradus/optim";
import { type Random, random } from "@gradus/random";
import type { Backend } from "@gradus/tensor";
import { type EpochEntry, openRun, type Run, save, type WeightAverage } from "@gradus/train";
import { accuracyOf, type TestedImages, writeClassifierReport } from "./classifier_report.ts";
import { classify } from "./classify.ts";
import type { ReportSection } from "./report_page.ts";
import { resumeClassifier } from "./resume_classifier.ts";
import {
  type ClassifierOutcome,
  type ClassifierProgress,
  trainClassifier,
} from "./train_classifier.ts";
import { UsageError } from "./usage_error.ts";

/** Images as bytes, with labels. */
export type LabelledImages = Dataset<Int32Array, Uint8Array>;

/** What a program trains and tests on. */
export interface ImageTask {
  /** Images to train and to choose by. */
  readonly training: LabelledImages;
  /** Images for one look at the end; labels of -1 where they are not known. */
  readonly test: LabelledImages;
  /** Names of the classes. */
  readonly classes: readonly string[];
}

/** What a program makes for a training. */
export interface ImageNetwork {
  /** The model, initialised. */
  readonly model: Sequential;
  /** The loss of training. */
  readonly loss: Loss;
  /** Moves the parameters. */
  readonly optimizer: Optimizer;
  /** Averages the weights. Default: none. */
  readonly average?: WeightAverage;
}

/** What a program's network is made for. */
export interface NetworkContext {
  /** Where it lives. */
  readonly backend: Backend;
  /** Where first weights come from. */
  readonly random: Random;
  /** The training images, without those held out. */
  readonly training: LabelledImages;
  /** Their mean and deviation. */
  readonly statistics: ChannelStatistics;
  /** Steps of an epoch. */
  readonly stepsPerEpoch: number;
}

/** What {@linkcode runImages} needs. */
export interface ImageProgram {
  /** Above the report. */
  readonly title: string;
  /** Below the title. */
  readonly lead: string;
  /** Images and classes. */
  readonly task: ImageTask;
  /** Makes the network. */
  readonly build: (context: NetworkContext) => ImageNetwork;
  /** Changes of the training images. Default: none. */
  readonly augment?: readonly Augmentation[];
  /** Mixing of the training images. Default: none. */
  readonly mix?: Mixing;
  /** Whether to test with mirror images too. */
  readonly mirrored: boolean;
  /** Sections behind the results: the model and why. */
  readonly explain: (network: ImageNetwork) => readonly ReportSection[];
  /** Where to compute. */
  readonly backend: Backend;
  /** Passes over the training images. */
  readonly epochs: number;
  /** Images of a step. */
  readonly batch: number;
  /** Seed of split, weights, order and augmentation. */
  readonly seed: number;
  /** Training images held out. */
  readonly validation: number;
  /** Training images used; null for all. */
  readonly limit: number | null;
  /** Folder of the runs. */
  readonly modelName: string;
  /** The folder of all experiments. Default: `experiments`. */
  readonly root?: string;
  /** The run to go on from; null for none. */
  readonly resume: string | null;
  /** Every setting, for `config.json`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Asks to stop. */
  readonly signal?: AbortSignal;
  /** Sees how far training is. */
  readonly onProgress?: (progress: ClassifierProgress) => void;
  /** Sees each epoch when it is saved. */
  readonly onEpoch?: (entry: EpochEntry) => void;
}

/** What a program did. */
export interface ImageOutcome {
  /** The run's folder. */
  readonly run: Run;
  /** The training. */
  readonly outcome: ClassifierOutcome;
  /** Accuracy on the test images; null if labels are not known or training was stopped. */
  readonly testAccuracy: number | null;
  /** The same with mirror images; null where that was not asked. */
  readonly mirroredTestAccuracy: number | null;
  /** Folder of the run that has the last whole epoch, to go on from; null if there is none. */
  readonly resumable: string | null;
}

/**
 * Trains a network on images, tests it once, and writes everything into a new run's folder.
 *
 * Rows to validate by are held out at random; images are standardised with the mean and deviation of the
 * remaining ones.
 *
 * @param program Data, network, settings.
 * @returns What came of it.
 * @throws {UsageError} If no image is left to train on, a channel is the same everywhere, test images have
 * another size, or the run to go on from does not fit; no folder is made.
 * @throws {DivergedError} If a loss or a gradient is not finite.
 *
 * @example
 * ```ts
 * import { runImages } from "@gradus/cli";
 * import { drawnShapes } from "@gradus/data";
 * import { Dense, Flatten, Sequential } from "@gradus/layers";
 * import { SoftmaxCrossEntropy } from "@gradus/losses";
 * import { Sgd } from "@gradus/optim";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const shapes = drawnShapes({ rows: 40, seed: 0 });
 * const { outcome } = await runImages({
 *   title: "Shapes",
 *   lead: "A linear model.",
 *   task: { training: shapes, test: shapes, classes: shapes.classes },
 *   build: ({ backend, random }) => {
 *     const model = new Sequential([new Flatten(), new Dense(10)]);
 *     model.init([32, 32, 3], { backend, random });
 *     const optimizer = new Sgd(model.parameters, { learningRate: 0.001 });
 *     return { model, optimizer, loss: new SoftmaxCrossEntropy() };
 *   },
 *   explain: () => [],
 *   mirrored: false,
 *   backend: reference(),
 *   ...{ epochs: 1, batch: 10, seed: 0, validation: 10, limit: null },
 *   ...{ modelName: "shapes", root: await Deno.makeTempDir(), resume: null, config: {} },
 * });
 * assertEquals(outcome.epochs[0]!.training.rows, 30);
 * ```
 */
export async function runImages(program: ImageProgram): Promise<ImageOutcome> {
  const { task, backend, epochs, seed, resume, mirrored } = program;
  const [splitting, starting] = splitStreams(seed);
  const { training, validation, statistics } = prepareImages(program, splitting);
  const inOrder = { size: program.batch, statistics };
  const batches = new ImageBatches(training, {
    ...inOrder,
    seed,
    ...program.augment === undefined ? {} : { augment: program.augment },
    ...program.mix === undefined ? {} : { mix: program.mix },
  });
  const network = program.build({
    ...{ backend, random: starting, training, statistics },
    stepsPerEpoch: batches.length,
  });
  const { model } = network;
  const done = resume === null ? [] : await resumeClassifier(network, resume);
  if (done.length > epochs) {
    throw new UsageError(
      `Cannot go on from ${resume} as no more than ${epochs} epochs must be done: found ${done.length}`,
    );
  }
  const run = await openRun({
    ...program.root === undefined ? {} : { root: program.root },
    modelName: program.modelName,
    config: {
      ...program.config,
      // The order of sums, and so their last bits, depend on it.
      ..."threads" in backend ? { threads: backend.threads } : {},
      statistics,
      parent: resume,
    },
  });
  const outcome = await trainClassifier({
    ...network,
    ...{ training: batches, epochs, backend, run, done },
    validation: new ImageBatches(validation, inOrder),
    validationLoss: new SoftmaxCrossEntropy(),
    ...program.signal === undefined ? {} : { signal: program.signal },
    ...program.onProgress === undefined ? {} : { onProgress: program.onProgress },
    ...program.onEpoch === undefined ? {} : { onEpoch: program.onEpoch },
  });
  const resumable = outcome.epochs.length > done.length ? run.folder : resume;
  if (!outcome.isComplete) {
    return { run, outcome, testAccuracy: null, mirroredTestAccuracy: null, resumable };
  }

  await save(model, run.path("model.safetensors"));
  const inputs = { model, backend, batches: new ImageBatches(task.test, inOrder) };
  const test: TestedImages = {
    images: task.test.x,
    labels: task.test.y.data.includes(-1) ? null : task.test.y.data,
    plain: await classify(inputs),
    mirrored: mirrored ? await classify({ ...inputs, mirrored }) : null,
  };
  await writeClassifierReport(run, {
    ...{ title: program.title, lead: program.lead, classes: task.classes, outcome, test },
    sections: program.explain(network),
  });
  return { run, outcome, ...accuraciesOf(test), resumable };
}

function splitStreams(seed: number): [splitting: Random, starting: Random] {
  const stream = random(seed);
  return [stream.split(), stream.split()];
}

/** Holds images out, and measures the others. */
function prepareImages({ task, limit, validation }: ImageProgram, random: Random) {
  const [rows, ...size] = task.training.x.shape;
  const used = Math.min(limit ?? rows!, rows!);
  if (validation >= used) {
    throw new UsageError(
      `Cannot hold out ${validation} images to validate by as some must be left to train on: found ${used} in all`,
    );
  }
  if (`${size}` !== `${task.test.x.shape.slice(1)}`) {
    throw new UsageError(
      `Cannot test as images must be of the size that is trained on, ${size.join(" × ")}: found ${
        task.test.x.shape.slice(1).join(" × ")
      }`,
    );
  }
  const parts = randomSplit(rows!, {
    counts: { validation, training: used - validation },
    random,
  });
  const training = takeRows(task.training, parts.training);
  return {
    training,
    validation: takeRows(task.training, parts.validation),
    statistics: statisticsOf(training),
  };
}

function statisticsOf(training: LabelledImages): ChannelStatistics {
  try {
    return channelStatistics(training.x);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

function accuraciesOf({ labels, plain, mirrored }: TestedImages) {
  const accuracy = (of: TestedImages["mirrored"]) =>
    of === null || labels === null ? null : accuracyOf(of.predictions, labels);
  return { testAccuracy: accuracy(plain), mirroredTestAccuracy: accuracy(mirrored) };
}
