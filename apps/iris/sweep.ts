import type { Iris } from "@gradus/data/iris";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { type Random, random } from "@gradus/random";
import { argmax, type Backend, tensor } from "@gradus/tensor";
import { type EpochEntry, evaluate, type Means } from "@gradus/train";
import { DivergedError } from "./diverged_error.ts";
import type { Settings } from "./flags.ts";
import { type Flowers, splitFlowers } from "./flowers.ts";
import { train, type Training, type TrainingOptions } from "./training.ts";

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

/** A combination that a seed could not train to the end, and so not to be chosen. */
export interface Divergence {
  readonly learningRate: number;
  readonly hidden: number;
  readonly seed: number;
  readonly reason: string;
}

/** All combinations, in the order of the grid. */
export interface Sweep {
  readonly combinations: readonly Combination[];
  readonly diverged: readonly Divergence[];
}

/** What a training makes of the test rows. */
export interface TestResult {
  readonly means: Means;
  readonly predictions: Int32Array;
}

/** What a sweep is told. */
export interface SweepOptions {
  readonly settings: Settings;
  readonly classes: number;
  readonly backend: Backend;
  /** Sees each epoch of each training. */
  readonly onEpoch: (progress: SweepProgress) => Promise<void>;
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

/** Splits the flowers anew for each seed, or once for all if there is a seed for it. */
export function splitSeeds(data: Iris, settings: Settings): Map<number, Flowers> {
  const { seed: first, seeds, batch, "split-seed": fixed } = settings;
  const splits = new Map<number, Flowers>();
  for (let seed = first; seed < first + seeds; seed++) {
    const shared = fixed === null ? undefined : splits.get(first);
    const random = streams(fixed ?? seed).splitting;
    splits.set(seed, shared ?? splitFlowers(data, { batch, random }));
  }
  return splits;
}

/**
 * Trains every combination with every seed, which splits alike and starts alike in all of them. Test
 * rows are not looked at.
 */
export async function sweep(
  splits: ReadonlyMap<number, Flowers>,
  options: SweepOptions,
): Promise<Sweep> {
  const { settings, onEpoch } = options;
  const grid = settings.hidden.flatMap((hidden) =>
    settings["learning-rate"].map((learningRate) => ({ learningRate, hidden }))
  );
  const combinations: Combination[] = [];
  const diverged: Divergence[] = [];
  for (const [place, { learningRate, hidden }] of grid.entries()) {
    const trainings: Training[] = [];
    const tell = (seed: number) => (entry: EpochEntry) => {
      const trained = (place * splits.size + trainings.length) * settings.epochs;
      const total = grid.length * splits.size * settings.epochs;
      return onEpoch({ done: trained + entry.epoch + 1, total, learningRate, hidden, seed, entry });
    };
    for (const [seed, flowers] of splits) {
      const training = await trainOrDiverge({
        ...{ learningRate, hidden, seed, flowers, settings },
        classes: options.classes,
        backend: options.backend,
        random: streams(seed).starting,
        onEpoch: tell(seed),
      });
      if ("reason" in training) {
        diverged.push(training);
        break;
      }
      trainings.push(training);
    }
    if (trainings.length < splits.size) continue;
    combinations.push({
      ...{ learningRate, hidden, trainings },
      validationLoss: spreadOf(trainings.map(({ validation }) => validation.loss)),
      validationError: spreadOf(trainings.map(({ validation }) => errorOf(validation))),
    });
  }
  return { combinations, diverged };
}

async function trainOrDiverge(options: TrainingOptions): Promise<Training | Divergence> {
  const { learningRate, hidden, seed } = options;
  try {
    return await train(options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { learningRate, hidden, seed, reason: error.message };
  }
}

/** A seed's independent streams: for the split and the order of rows, and for the first weights. */
function streams(seed: number): { readonly splitting: Random; readonly starting: Random } {
  const stream = random(seed);
  return { splitting: stream.split(), starting: stream.split() };
}

/**
 * The combination of the lowest mean validation loss; its error would tie, with so few rows.
 *
 * @throws {DivergedError} If there is none to choose from.
 */
export function choose({ combinations, diverged }: Sweep): Combination {
  if (combinations.length === 0) {
    const { learningRate, hidden, seed, reason } = diverged[0]!;
    throw new DivergedError(
      `Cannot choose a combination as training must not diverge: found that all did, the first with learning rate ${learningRate}, ${hidden} hidden units and seed ${seed} (${reason})`,
    );
  }
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
  const { rows, accuracy } = means;
  return Math.round(rows * (1 - accuracy!)) / rows;
}

/** Mean and standard deviation of numbers. */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length - 1)), values };
}
