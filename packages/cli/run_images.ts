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
import { openRun, type Run, save, type WeightAverage } from "@gradus/train";
import { accuracyOf, type TestedImages, writeClassifierReport } from "./classifier_report.ts";
import { classify } from "./classify.ts";
import type { ReportSection } from "./report_page.ts";
import {
  type ClassifierOutcome,
  type ClassifierProgress,
  trainClassifier,
} from "./train_classifier.ts";

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
  readonly onProgress: (progress: ClassifierProgress) => void;
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
}

/**
 * Trains a network on images, tests it once, and writes everything into a new run's folder.
 *
 * Rows to validate by are held out at random; images are standardised with the mean and deviation of the
 * remaining ones.
 *
 * @param program Data, network, settings.
 * @returns What came of it.
 * @throws {RangeError} If more rows are held out or asked for than there are.
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
 *   onProgress: () => {},
 * });
 * assertEquals(outcome.epochs[0]!.training.rows, 30);
 * ```
 */
export async function runImages(program: ImageProgram): Promise<ImageOutcome> {
  const { task, backend, epochs, batch, seed, signal, onProgress } = program;
  const stream = random(seed);
  const [splitting, starting] = [stream.split(), stream.split()];
  const rows = task.training.y.shape[0]!;
  const used = Math.min(program.limit ?? rows, rows);
  const parts = randomSplit(rows, {
    counts: { validation: program.validation, training: used - program.validation },
    random: splitting,
  });
  const training = takeRows(task.training, parts.training);
  const statistics = channelStatistics(training.x);
  const inOrder = { size: batch, statistics };
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
  const { model, loss, optimizer, average } = network;
  const run = await openRun({
    ...program.root === undefined ? {} : { root: program.root },
    modelName: program.modelName,
    config: { ...program.config, statistics, parent: program.resume },
  });
  const outcome = await trainClassifier({
    ...{ model, loss, optimizer, training: batches, epochs, backend, run, onProgress },
    ...average === undefined ? {} : { average },
    ...signal === undefined ? {} : { signal },
    validation: new ImageBatches(takeRows(task.training, parts.validation), inOrder),
    validationLoss: new SoftmaxCrossEntropy(),
    resume: program.resume,
  });
  if (!outcome.isComplete) {
    return { run, outcome, testAccuracy: null, mirroredTestAccuracy: null };
  }

  await save(model, run.path("model.safetensors"));
  const test = await testOnce(model, program, statistics);
  const { title, lead, explain } = program;
  const sections = explain(network);
  await writeClassifierReport(run, { title, lead, classes: task.classes, outcome, test, sections });
  const accuracy = (of: TestedImages["mirrored"]) =>
    of === null || test.labels === null ? null : accuracyOf(of.predictions, test.labels);
  return {
    run,
    outcome,
    testAccuracy: accuracy(test.plain),
    mirroredTestAccuracy: accuracy(test.mirrored),
  };
}

async function testOnce(
  model: Sequential,
  { task, batch, backend, mirrored }: ImageProgram,
  statistics: ChannelStatistics,
): Promise<TestedImages> {
  const { x, y } = task.test;
  const isLabelled = !y.data.includes(-1);
  const batches = new ImageBatches(task.test, { size: batch, statistics });
  return {
    images: x,
    labels: isLabelled ? y.data : null,
    plain: await classify({ model, batches, backend }),
    mirrored: mirrored ? await classify({ model, batches, backend, mirrored }) : null,
  };
}
