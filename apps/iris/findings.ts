import { type Spread, spreadOf } from "@gradus/cli/spread";
import type { Combination, Divergence, TestResult } from "./sweep.ts";

/** A combination and what its trainings make of the test rows, one a seed. */
export interface TestedCombination {
  readonly combination: Combination;
  readonly tests: readonly TestResult[];
  readonly testError: Spread;
}

/** Sentences on how each hyper-parameter moved the test error, computed from the results. */
export function findings(
  tested: readonly TestedCombination[],
  options: { readonly diverged: readonly Divergence[] },
): string[] {
  return [
    effectOf(tested, {
      name: "learning rate",
      others: "hidden units",
      valueOf: ({ learningRate }) => learningRate,
      otherOf: ({ hidden }) => hidden,
    }),
    effectOf(tested, {
      name: "number of hidden units",
      others: "learning rates",
      valueOf: ({ hidden }) => hidden,
      otherOf: ({ learningRate }) => learningRate,
    }),
    overfitting(tested.map(({ combination }) => combination)),
    divergence(options.diverged),
  ].filter((sentence) => sentence !== null);
}

/** A hyper-parameter, and the one that is averaged over. */
interface Factor {
  readonly name: string;
  readonly others: string;
  readonly valueOf: (combination: Combination) => number;
  readonly otherOf: (combination: Combination) => number;
}

/** One hyper-parameter's effect, averaged over seeds and over the other where both trained. */
function effectOf(tested: readonly TestedCombination[], factor: Factor): string | null {
  const { name, others, valueOf, otherOf } = factor;
  const values = distinct(tested.map(({ combination }) => valueOf(combination)));
  const at = (value: number) => tested.filter(({ combination }) => valueOf(combination) === value);
  const shared = distinct(tested.map(({ combination }) => otherOf(combination))).filter((other) =>
    values.every((value) => at(value).some(({ combination }) => otherOf(combination) === other))
  );
  if (values.length < 2 || shared.length === 0) return null;

  // Seed by seed, since all combinations of a seed have the same test rows.
  const errors = values.map((value) => {
    const rows = at(value).filter(({ combination }) => shared.includes(otherOf(combination)));
    const seeds = rows[0]!.testError.values.map((_, seed) =>
      spreadOf(rows.map(({ testError }) => testError.values[seed]!)).mean
    );
    return { value, seeds, mean: spreadOf(seeds).mean };
  });
  const best = errors.reduce((a, b) => b.mean < a.mean ? b : a);
  const worst = errors.reduce((a, b) => b.mean > a.mean ? b : a);
  const gap = spreadOf(worst.seeds.map((error, seed) => error - best.seeds[seed]!));
  const list = errors.map(({ value, mean }) => `${percent(mean)} at ${value}`).join(", ");
  return `Averaged over seeds and ${others} (${
    shared.join(", ")
  }), the test error by ${name} was ${list}. ${verdictOn(gap, `${worst.value} and ${best.value}`)}`;
}

/** Whether a gap, known seed by seed, is more than chance. */
function verdictOn(gap: Spread, pair: string): string {
  const seeds = gap.values.length;
  // Shares of a few hundred rows differ by far more than this, or by rounding alone.
  if (gap.mean < 1e-9) return "They are all the same.";
  if (seeds === 1) {
    return `Between ${pair} lie ${points(gap.mean)}; one seed cannot tell whether that is chance.`;
  }
  const noise = gap.deviation / Math.sqrt(seeds);
  return `Between ${pair} lie ${points(gap.mean)}, with a standard error of ${
    points(noise)
  } over ${seeds} seeds: ${
    gap.mean > 2 * noise
      ? "more than twice that, so these seeds tell them apart."
      : "less than twice that, so these seeds do not tell them apart."
  }`;
}

/** Whether the combination with the lowest training loss also has the lowest validation loss. */
function overfitting(combinations: readonly Combination[]): string | null {
  if (combinations.length < 2) return null;
  const training = combinations.map(({ trainings }) =>
    spreadOf(trainings.map(({ epochs }) => epochs.at(-1)!.training.loss)).mean
  );
  const lowestTraining = combinations[indexOfLeast(training)]!;
  const lowestValidation =
    combinations[indexOfLeast(combinations.map(({ validationLoss }) => validationLoss.mean))]!;
  return lowestTraining === lowestValidation
    ? `The lowest training loss and the lowest validation loss are of the same combination, ${
      nameOf(lowestTraining)
    }: nothing here shows overfitting.`
    : `The lowest training loss (${Math.min(...training).toFixed(3)}) is of ${
      nameOf(lowestTraining)
    }, whose validation loss is ${
      lowestTraining.validationLoss.mean.toFixed(3)
    }; the lowest validation loss (${lowestValidation.validationLoss.mean.toFixed(3)}) is of ${
      nameOf(lowestValidation)
    }: fitting the training rows best is not what generalises best.`;
}

function divergence(diverged: readonly Divergence[]): string | null {
  if (diverged.length === 0) return null;
  const { seed, reason } = diverged[0]!;
  return `Diverged, and so not to be chosen: ${
    diverged.map(nameOf).join("; ")
  }. The first one did with seed ${seed}: ${reason}.`;
}

function nameOf({ learningRate, hidden }: Pick<Combination, "learningRate" | "hidden">): string {
  return `learning rate ${learningRate} with ${hidden} hidden units`;
}

function indexOfLeast(values: readonly number[]): number {
  return values.indexOf(Math.min(...values));
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

/** A share as a percentage. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function points(share: number): string {
  return `${(100 * share).toFixed(1)} points`;
}
