import type { AugmentationRecord } from "@gradus/data/augmentation-record";
import type { OptimizerRecord } from "@gradus/optim";

/** Mean and deviation of each column or channel. */
export interface StatisticsRecord {
  /** What is subtracted. */
  readonly mean: readonly number[];
  /** What the difference is divided by; above 0. */
  readonly deviation: readonly number[];
}

/** Flowers in a CSV file, each column standardised. */
export interface IrisRecord {
  /** Which data. */
  readonly type: "iris";
  /** The file, with columns as `parseIris` of `@gradus/data` has them; null for the built-in flowers. */
  readonly file: string | null;
  /** Of the four columns. */
  readonly statistics: StatisticsRecord;
}

/** Images in the files of Fashion-MNIST (IDX) or CIFAR-10 (its binary version), each channel standardised. */
export interface ImagesRecord {
  /** Which data. */
  readonly type: "fashionMnist" | "cifar10";
  /** The folder of the files. */
  readonly folder: string;
  /** Of the channels, in units of the largest byte, 255. */
  readonly statistics: StatisticsRecord;
  /** What changes each image at random, one after another. */
  readonly augment: readonly AugmentationRecord[];
}

/** What a model is trained on. */
export type DataRecord = IrisRecord | ImagesRecord;

/** A cross-entropy of softmax as JSON. */
export interface LossRecord {
  /** Which loss. */
  readonly type: "softmaxCrossEntropy";
  /** The share of each target that is spread over all classes, in [0, 1). */
  readonly labelSmoothing: number;
  /** A factor for each class; null for 1. */
  readonly classWeights: readonly number[] | null;
}

/** A moving average of weights as JSON. */
export interface AverageRecord {
  /**
   * The share of the old average that stays: `limit · min(1, step / steps)^power` at the update of a step,
   * where the first step is 1; a power of 0 is a constant share.
   */
  readonly decay: { readonly limit: number; readonly steps: number; readonly power: number };
  /** Steps between two updates. */
  readonly every: number;
  /** Whether an update also sets the model to the average. */
  readonly lookahead: boolean;
}

/**
 * All that a training is, beside its state: what it takes to go on with it elsewhere. Plain JSON, which a
 * run keeps beside its weights, and a closed union wherever there is a choice.
 */
export interface TrainingRecord {
  /** Files and what is done to their rows. */
  readonly data: DataRecord;
  /** The rows of the files that are trained on, in the order of the dataset that batches are made of. */
  readonly rows: readonly number[];
  /** Rows of a step; the last one of an epoch may have fewer. */
  readonly batch: number;
  /** Epochs in all. */
  readonly epochs: number;
  /** The seed of `Batches` or `ImageBatches`: of the order of rows, and what happens to images. */
  readonly seed: number;
  /** What is made small. */
  readonly loss: LossRecord;
  /** What moves the parameters. */
  readonly optimizer: OptimizerRecord;
  /** What averages the weights; null for nothing. */
  readonly average: AverageRecord | null;
  /** Names of the parameters that are not trained. */
  readonly frozen: readonly string[];
}
