import type { Iris } from "@gradus/data/iris";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { type Random, random } from "@gradus/random";
import { argmax, type Backend, tensor } from "@gradus/tensor";
import { type EpochEntry, evaluate, type Means } from "@gradus/train";
import type { Settings } from "./flags.ts";
import { type Flowers, splitFlowers } from "./flowers.ts";
import { train, type Training } from "./training.ts";

/** A learning rate and a number of hidden units, trained with every seed. */
export interface Combination {
  readonly learningRate: number;
  readonly hidden: number;
  readonly trainings: readonly Training[];
  /** Means over the seeds. */
  readonly validationLoss: Spread;
  readonly validationError: Spread;
}

/** A mean over seeds, and how far they lie apart. */
export interface Spread {
  readonly mean: number;
  /** Standard deviation, with n − 1; 0 for one seed. */
  readonly deviation: number;
  readonly values: readonly number[];
}

/** What a training makes of the test rows. */
export interface TestResult {
  readonly means: Means;
  readonly predictions: Int32Array;
}

/** Where a sweep is. */
export interface SweepProgress {
  readonly done: number;
  readonly total: number;
  readonly learningRate: number;
  readonly hidden: number;
  readonly seed: number;
  readonly entry: EpochEntry;
}

/** Trains every combination with every seed. Test rows are not looked at. */
export async function sweep(
  data: Iris,
  options: {
    readonly settings: Settings;
    readonly backend: Backend;
    readonly onEpoch: (progress: SweepProgress) => Promise<void>;
  },
): Promise<Combination[]> {
  const { settings, backend, onEpoch } = options;
  const { "learning-rate": rates, hidden: sizes, epochs, batch } = settings;
  const total = rates.length * sizes.length * settings.seeds * epochs;
  let done = 0;
  const combinations: Combination[] = [];
  for (const hidden of sizes) {
    for (const learningRate of rates) {
      const trainings: Training[] = [];
      for (let seed = settings.seed; seed < settings.seed + settings.seeds; seed++) {
        // The same seed splits alike and starts alike in all combinations.
        const splitting = streams(settings["split-seed"] ?? seed).splitting;
        const flowers: Flowers = splitFlowers(data, { batch, random: splitting });
        trainings.push(
          await train({
            ...{ learningRate, hidden, seed, flowers, backend, settings },
            classes: data.classes.length,
            random: streams(seed).starting,
            onEpoch: async (entry) => {
              done++;
              await onEpoch({ done, total, learningRate, hidden, seed, entry });
            },
          }),
        );
      }
      combinations.push({
        ...{ learningRate, hidden, trainings },
        validationLoss: spreadOf(trainings.map(({ validation }) => validation.loss)),
        validationError: spreadOf(trainings.map(({ validation }) => errorOf(validation))),
      });
    }
  }
  return combinations;
}

/** A seed's independent streams: for the split and the order of rows, and for the first weights. */
function streams(seed: number): { readonly splitting: Random; readonly starting: Random } {
  const stream = random(seed);
  return { splitting: stream.split(), starting: stream.split() };
}

/** The combination of the lowest mean validation loss; its error would tie, with so few rows. */
export function choose(combinations: readonly Combination[]): Combination {
  return combinations.reduce((best, combination) =>
    combination.validationLoss.mean < best.validationLoss.mean ? combination : best
  );
}

/** One look at the test rows of a training. */
export async function testOnce(
  { model, flowers }: Training,
  backend: Backend,
): Promise<TestResult> {
  const loss = new SoftmaxCrossEntropy();
  const means = await evaluate({ model, loss, batches: flowers.test, backend });
  const predictions = new Int32Array(flowers.test.rows);
  for (const { x, index } of flowers.test.epoch(0)) {
    const logits = model.forward(tensor(backend, x.data, { shape: x.shape }), "eval");
    const classes = await argmax(logits).data();
    index.forEach((row, i) => predictions[row] = classes[i]!);
  }
  return { means, predictions };
}

/** The share of rows that are wrong. */
export function errorOf(means: Means): number {
  return 1 - means.accuracy!;
}

/** Mean and standard deviation of numbers. */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length - 1)), values };
}
