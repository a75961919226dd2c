/** A part of a model or of its training. */
export interface Part {
  /** What it is. */
  readonly what: string;
  /** Why it is there. */
  readonly why: string;
  /** What an ablation puts in its place. */
  readonly instead: string;
}

/** The parts of a program's model by name. */
export type Parts = Readonly<Record<string, Part>>;

/** Validation accuracies with all parts, and without one of them. */
export interface Ablations {
  /** The command that measured them. */
  readonly command: string;
  /** Training images held out to validate by. */
  readonly validation: number;
  /** Accuracies with all parts, one for each seed from 0 on; null where training diverged. */
  readonly whole: readonly (number | null)[];
  /** The same without a part, by its name. */
  readonly without: Readonly<Record<string, readonly (number | null)[]>>;
}

/** What the want of a part costs. */
export interface Cost {
  /** Accuracy without it, mean of the seeds; null where a training diverged. */
  readonly accuracy: number | null;
  /** How much less that is than with all parts, in points of a hundred; null where a training diverged. */
  readonly points: number | null;
}

/** What {@linkcode Ablations} come to. */
export interface AblationSummary {
  /** Accuracy with all parts, mean of the seeds. */
  readonly whole: number;
  /** How many seeds there were. */
  readonly seeds: number;
  /** The cost of each part that was left out with all seeds, by its name. */
  readonly costs: ReadonlyMap<string, Cost>;
  /** Standard error of a cost in points, pooled over the parts; null where a seed is all there is. */
  readonly standardError: number | null;
}

/**
 * What parts are worth, by pairs of trainings that share a seed, and so the images held out.
 *
 * @param ablations What was measured.
 * @returns Means over the seeds; null if training with all parts was not measured, or diverged.
 *
 * @example
 * ```ts
 * import { summarizeAblations } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const { whole, costs } = summarizeAblations({
 *   command: "deno task cifar:ablations",
 *   validation: 1000,
 *   whole: [0.75],
 *   without: { flip: [0.5] },
 * })!;
 * assertEquals(whole, 0.75);
 * assertEquals(costs.get("flip"), { accuracy: 0.5, points: 25 });
 * ```
 */
export function summarizeAblations({ whole, without }: Ablations): AblationSummary | null {
  const all = numbersOf(whole);
  if (all === null) return null;
  const costs = new Map<string, Cost>();
  const variances: number[] = [];
  for (const [part, accuracies] of Object.entries(without)) {
    if (accuracies.length < all.length) continue;
    const own = numbersOf(accuracies);
    if (own === null) {
      costs.set(part, { accuracy: null, points: null });
      continue;
    }
    const differences = all.map((accuracy, seed) => 100 * (accuracy - own[seed]!));
    const points = mean(differences);
    costs.set(part, { accuracy: mean(own), points });
    variances.push(mean(differences.map((difference) => (difference - points) ** 2)));
  }
  const seeds = all.length;
  const isRepeated = seeds > 1 && variances.length > 0;
  return {
    ...{ whole: mean(all), seeds, costs },
    // The mean square of n differences is (n − 1) / n of their variance, of which their mean has 1 / n.
    standardError: isRepeated ? Math.sqrt(mean(variances) / (seeds - 1)) : null,
  };
}

function numbersOf(values: readonly (number | null)[]): number[] | null {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === 0 || numbers.length < values.length ? null : numbers;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
