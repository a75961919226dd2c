import type { AugmentationRecord, ChannelStatistics, Dataset, Mixing } from "@gradus/data";
import type { Sequential } from "@gradus/layers";
import type { Loss } from "@gradus/losses";
import type { Optimizer } from "@gradus/optim";
import type { Random } from "@gradus/random";
import type { Backend } from "@gradus/tensor";
import type { ImagesRecord } from "@gradus/torch/training-record";
import type { EpochEntry, Run, WeightAverage } from "@gradus/train";
import { assertTestSize, testImages } from "./_image_test.ts";
import { openImageTraining } from "./_image_training.ts";
import { accuracyOf, type TestedImages, writeClassifierReport } from "./classifier_report.ts";
import { InterruptedTrainingError } from "./interrupted_training_error.ts";
import type { ReportSection } from "./report_page.ts";
import type { ClassifierOutcome, ClassifierProgress } from "./train_classifier.ts";
import type { TrainingSettings } from "./training_settings.ts";

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
  /** The files of the training images, for other programs that shall train on them. Default: none. */
  readonly files?: Pick<ImagesRecord, "folder" | "type">;
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
  /** What loss, optimizer and average were made from, for `training.json`. Default: not known. */
  readonly settings?: TrainingSettings;
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
  readonly augment?: readonly AugmentationRecord[];
  /** Mixing of the training images. Default: none. */
  readonly mix?: Mixing;
  /** Whether the test images are looked at in the end, and a report written. Default: true. */
  readonly isTested?: boolean;
  /** Whether to test with mirror images too. */
  readonly mirrored: boolean;
  /** Pixels by which images are moved in a third test; see `classify`. Default: 0, no such test. */
  readonly shift?: number;
  /** Sections behind the results: the model and why. */
  readonly explain: (network: Pick<ImageNetwork, "model">) => readonly ReportSection[];
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
  /** Accuracy on the test images; null if not tested, labels are not known, or training was stopped. */
  readonly testAccuracy: number | null;
  /** The same with mirror images; null where that was not asked. */
  readonly mirroredTestAccuracy: number | null;
  /** The same with moved images too; null where that was not asked. */
  readonly shiftedTestAccuracy: number | null;
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
 * @throws {InterruptedTrainingError} If the GPU breaks down.
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
  assertTestSize(program.task);
  const { run, network, statistics, epochsDone, train } = await openImageTraining(program);
  const resumableFolder = () => run.epochs.length > epochsDone ? run.folder : program.resume;
  const outcome = await train().catch((error) => {
    const isBroken = error instanceof Error && error.name === "WebGpuError";
    throw isBroken ? new InterruptedTrainingError(error, resumableFolder()) : error;
  });
  const resumable = resumableFolder();
  if (!outcome.isComplete || program.isTested === false) {
    const untested = { testAccuracy: null, mirroredTestAccuracy: null, shiftedTestAccuracy: null };
    return { run, outcome, ...untested, resumable };
  }
  const test = await testImages({ ...program, model: network.model, statistics });
  await writeClassifierReport(run, {
    ...{ title: program.title, lead: program.lead, classes: program.task.classes, outcome, test },
    sections: program.explain(network),
  });
  return { run, outcome, ...accuraciesOf(test), resumable };
}

function accuraciesOf({ labels, plain, mirrored, shifted = null }: TestedImages) {
  const accuracy = (of: TestedImages["mirrored"]) =>
    of === null || labels === null ? null : accuracyOf(of.predictions, labels);
  return {
    testAccuracy: accuracy(plain),
    mirroredTestAccuracy: accuracy(mirrored),
    shiftedTestAccuracy: accuracy(shifted),
  };
}
