import measured from "./ablations.json" with { type: "json" };
import { type PartName, PARTS } from "./parts.ts";
import type { RecipeName } from "./recipes.ts";

/** Validation accuracies with all parts and without one of them. */
export interface Ablations {
  /** What was trained. */
  readonly recipe: RecipeName;
  /** Training images held out to validate by. */
  readonly validation: number;
  /** Accuracy by what was left out, one for each seed from 0 on; null where training diverged. */
  readonly accuracies: { readonly [Part in PartName | "nothing"]?: readonly (number | null)[] };
}

/** What `deno task cifar:ablations` measured. */
export const ABLATIONS = measured as Ablations;

/** What the want of a part costs. */
export interface Cost {
  /** The part. */
  readonly part: PartName;
  /** Accuracy without it, mean of the seeds; null where a training diverged. */
  readonly accuracy: number | null;
  /** How much less that is than with all parts, in points. */
  readonly points: number | null;
}

/** What the measured accuracies come to. */
export interface AblationSummary {
  /** Accuracy with all parts, mean of the seeds. */
  readonly whole: number;
  /** How many seeds there were. */
  readonly seeds: number;
  /** Each part that was left out with all seeds. */
  readonly costs: readonly Cost[];
  /** Standard error of a cost in points, pooled over the parts; null with a single seed. */
  readonly standardError: number | null;
}

/** Costs of parts from pairs of trainings that share the seed, and so the split; null if none is whole. */
export function summarise({ accuracies }: Ablations): AblationSummary | null {
  const whole = numbersOf(accuracies.nothing);
  if (whole === null) return null;
  const seeds = whole.length;
  const costs: Cost[] = [];
  const squares: number[] = [];
  for (const part of Object.keys(PARTS) as PartName[]) {
    const all = accuracies[part] ?? [];
    if (all.length < seeds) continue;
    const own = numbersOf(all);
    if (own === null) {
      costs.push({ part, accuracy: null, points: null });
      continue;
    }
    const differences = own.map((accuracy, seed) => 100 * (whole[seed]! - accuracy));
    const points = mean(differences);
    costs.push({ part, accuracy: mean(own), points });
    squares.push(mean(differences.map((difference) => (difference - points) ** 2)));
  }
  return {
    ...{ whole: mean(whole), seeds, costs },
    standardError: seeds > 1 && squares.length > 0 ? Math.sqrt(mean(squares) / (seeds - 1)) : null,
  };
}

function numbersOf(values: readonly (number | null)[] = []): number[] | null {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === 0 || numbers.length < values.length ? null : numbers;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
