import type { Ablations } from "./ablations.ts";
import { DivergedError } from "./diverged_error.ts";

/** The accuracies of {@linkcode Ablations}. */
export type AblationAccuracies = Pick<Ablations, "whole" | "without">;

/** One training of an ablation. */
export interface AblationTraining {
  /** Name of the part that is left out; null for none. */
  readonly without: string | null;
  /** The seed. */
  readonly seed: number;
}

/** What {@linkcode measureAblations} needs. */
export interface AblationOptions {
  /** Names of the parts. */
  readonly parts: readonly string[];
  /** So many seeds, from 0 on. */
  readonly seeds: number;
  /** What an earlier measurement came to, which is not done again. Default: nothing. */
  readonly done?: AblationAccuracies;
  /** Trains, and gives the validation accuracy. Where it throws a {@linkcode DivergedError}, there is none. */
  readonly train: (training: AblationTraining) => Promise<number>;
  /** Sees each training's accuracy, null where it diverged, and all so far, to keep them. */
  readonly onResult: (
    result: AblationTraining & { readonly accuracy: number | null },
    accuracies: AblationAccuracies,
  ) => Promise<void>;
}

/**
 * Trains with all parts and without each in turn, seed by seed.
 *
 * @param options Parts, seeds, and how to train.
 *
 * @example
 * ```ts
 * import { type AblationAccuracies, measureAblations } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * let measured: AblationAccuracies | null = null;
 * await measureAblations({
 *   parts: ["flip"],
 *   seeds: 2,
 *   train: ({ without }) => Promise.resolve(without === null ? 0.75 : 0.7),
 *   onResult: (_, accuracies) => {
 *     measured = structuredClone(accuracies);
 *     return Promise.resolve();
 *   },
 * });
 * assertEquals(measured, { whole: [0.75, 0.75], without: { flip: [0.7, 0.7] } });
 * ```
 */
export async function measureAblations(options: AblationOptions): Promise<void> {
  const { parts, seeds, done, train, onResult } = options;
  const whole = (done?.whole ?? []).slice(0, seeds);
  const without = Object.fromEntries(
    parts.map((part) => [part, (done?.without[part] ?? []).slice(0, seeds)]),
  );
  for (let seed = 0; seed < seeds; seed++) {
    for (const part of [null, ...parts]) {
      const own = part === null ? whole : without[part]!;
      if (own.length > seed) continue;
      const accuracy = await train({ without: part, seed }).catch(noneIfDiverged);
      own.push(accuracy);
      await onResult({ without: part, seed, accuracy }, { whole, without });
    }
  }
}

function noneIfDiverged(error: unknown): null {
  if (error instanceof DivergedError) return null;
  throw error;
}
