import { type Spread, spreadOf } from "@gradus/cli/spread";
import { trialGrid } from "@gradus/cli/trial-grid";
import type { Iris } from "@gradus/data/iris";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { type Random, random } from "@gradus/random";
import { argmax, type Backend, tensor } from "@gradus/tensor";
import { type EpochEntry, evaluate, type Means } from "@gradus/train";
import { DivergedError } from "@gradus/cli/diverged-error";
import { AXES, type Settings, type Trial } from "./flags.ts";
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
  readonly trial: Trial;
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
  const { settings, onEpoch, ...rest } = options;
  const grid = trialGrid(settings, AXES);
  const total = grid.length * settings.epochs;
  const results: (Training | Divergence)[] = [];
  const diverged: Divergence[] = [];
  for (const [place, trial] of grid.entries()) {
    if (diverged.some((divergence) => isOf(divergence, trial))) continue;
    const onTrialEpoch = (entry: EpochEntry) =>
      onEpoch({ done: place * settings.epochs + entry.epoch + 1, total, trial, entry });
    const flowers = splits.get(trial.seed)!;
    const result = await trainTrial(trial, { ...rest, flowers, onEpoch: onTrialEpoch });
    results.push(result);
    if ("reason" in result) diverged.push(result);
  }
  return gather(settings, results);
}

/**
 * Puts the results of trainings together, in the order of the grid: a combination counts if it was trained
 * with every seed, and one that diverged tells of the first seed that did.
 */
export function gather(settings: Settings, results: readonly (Training | Divergence)[]): Sweep {
  const combinations: Combination[] = [];
  const diverged: Divergence[] = [];
  for (const trial of trialGrid({ ...settings, seeds: 1 }, AXES)) {
    const own = results.filter((result) => isOf(result, trial));
    const divergence = own.find((result) => "reason" in result);
    if (divergence !== undefined) {
      diverged.push(divergence);
      continue;
    }
    const trainings = own as Training[];
    combinations.push({
      ...{ learningRate: trial["learning-rate"], hidden: trial.hidden, trainings },
      validationLoss: spreadOf(trainings.map(({ validation }) => validation.loss)),
      validationError: spreadOf(trainings.map(({ validation }) => errorOf(validation))),
    });
  }
  return { combinations, diverged };
}

function isOf({ learningRate, hidden }: Training | Divergence, trial: Trial): boolean {
  return learningRate === trial["learning-rate"] && hidden === trial.hidden;
}

/** Trains with the settings of one trial; that training goes astray is a result as well. */
export async function trainTrial(
  trial: Trial,
  options: Omit<TrainingOptions, "random" | "settings">,
): Promise<Training | Divergence> {
  const { "learning-rate": learningRate, hidden, seed } = trial;
  try {
    return await train({ ...options, settings: trial, random: streams(seed).starting });
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
