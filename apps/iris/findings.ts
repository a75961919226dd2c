import { type Combination, type Spread, spreadOf } from "./sweep.ts";

/** A combination and its test errors, one a seed. */
export interface TestedCombination {
  readonly combination: Combination;
  readonly testError: Spread;
}

/** Sentences on how each hyper-parameter moved the test error, computed from the results. */
export function findings(tested: readonly TestedCombination[]): string[] {
  return [
    ...effectOf("learning rate", tested, ({ learningRate }) => learningRate),
    ...effectOf("number of hidden units", tested, ({ hidden }) => hidden),
    overfitting(tested),
  ].filter((sentence) => sentence !== null);
}

/** One hyper-parameter's effect, averaged over all others and over seeds. */
function effectOf(
  name: string,
  tested: readonly TestedCombination[],
  valueOf: (combination: Combination) => number,
): string[] {
  const values = [...new Set(tested.map(({ combination }) => valueOf(combination)))].sort((a, b) =>
    a - b
  );
  if (values.length < 2) return [];
  const errors = values.map((value) =>
    spreadOf(
      tested.filter(({ combination }) => valueOf(combination) === value)
        .flatMap(({ testError }) => testError.values),
    )
  );
  const list = values.map((value, i) => `${percent(errors[i]!.mean)} at ${value}`).join(", ");
  const best = indexOfLeast(errors.map(({ mean }) => mean));
  const worst = indexOfLeast(errors.map(({ mean }) => -mean));
  const gap = errors[worst]!.mean - errors[best]!.mean;
  const noise = Math.max(standardError(errors[best]!), standardError(errors[worst]!));
  const verdict = gap > 2 * noise
    ? `${values[best]} did best and ${values[worst]} worst, ${
      points(gap)
    } apart, more than twice the standard error of either mean (${points(noise)})`
    : `the largest gap, ${points(gap)}, is within twice the standard error of a mean (${
      points(noise)
    }): these seeds do not tell them apart`;
  return [`Averaged over everything else, the test error by ${name} was ${list}; ${verdict}.`];
}

/** Whether the combination with the lowest training loss also has the lowest validation loss. */
function overfitting(tested: readonly TestedCombination[]): string | null {
  if (tested.length < 2) return null;
  const combinations = tested.map(({ combination }) => combination);
  const training = combinations.map(({ trainings }) =>
    spreadOf(trainings.map(({ epochs }) => epochs.at(-1)!.training.loss)).mean
  );
  const lowestTraining = combinations[indexOfLeast(training)]!;
  const lowestValidation =
    combinations[indexOfLeast(combinations.map(({ validationLoss }) => validationLoss.mean))]!;
  const name = ({ learningRate, hidden }: Combination) =>
    `learning rate ${learningRate} with ${hidden} hidden units`;
  return lowestTraining === lowestValidation
    ? `The lowest training loss and the lowest validation loss are of the same combination, ${
      name(lowestTraining)
    }: nothing here shows overfitting.`
    : `The lowest training loss (${Math.min(...training).toFixed(3)}) is of ${
      name(lowestTraining)
    }, whose validation loss is ${
      lowestTraining.validationLoss.mean.toFixed(3)
    }; the lowest validation loss (${lowestValidation.validationLoss.mean.toFixed(3)}) is of ${
      name(lowestValidation)
    }: fitting the training rows best is not what generalises best.`;
}

function indexOfLeast(values: readonly number[]): number {
  return values.indexOf(Math.min(...values));
}

function standardError({ deviation, values }: Spread): number {
  return deviation / Math.sqrt(values.length);
}

/** A share as a percentage. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function points(share: number): string {
  return `${(100 * share).toFixed(1)} points`;
}
