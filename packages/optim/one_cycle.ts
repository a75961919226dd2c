import { checkCount, checkNotNegative, checkPositive, checkShare, shown } from "./_check_number.ts";
import type { Schedule } from "./schedule.ts";

/** Settings of a {@linkcode oneCycle} schedule. */
export interface OneCycleOptions {
  /** The largest rate, above 0. */
  readonly peak: number;
  /** Steps of the whole training, a whole number of at least 1. */
  readonly steps: number;
  /** The first rate as a multiple of the peak. Default: 0.04. */
  readonly startFactor?: number;
  /** The last rate as a multiple of the peak. Default: 0.000004. */
  readonly finalFactor?: number;
  /** The share of the steps that rise, in [0, 1). Default: 0.3. */
  readonly warmupShare?: number;
  /** Straight lines, or halves of a cosine. Default: `"linear"`. */
  readonly anneal?: "linear" | "cosine";
}

/**
 * A rate that rises to a peak and falls again: from `startFactor · peak` at step 0 to `peak` at
 * `p = warmupShare · steps − 1`, and on to `finalFactor · peak` at the last step, `steps − 1`,
 * where it stays.
 *
 * Steps and defaults are those of PyTorch's `OneCycleLR`, whose anneal is `"cosine"`.
 *
 * Source: Smith and Topin, Super-Convergence: Very Fast Training of Neural Networks Using Large
 * Learning Rates, 2018.
 *
 * @param options The peak, the steps and the shape.
 * @returns The schedule.
 * @throws {RangeError} If the peak is not a positive number, a factor is negative or not finite,
 * the steps are not a whole number of at least 1, the share is not in [0, 1), or the anneal is
 * another word.
 *
 * @example
 * ```ts
 * import { oneCycle } from "@gradus/optim";
 * import { assertEquals } from "@std/assert";
 *
 * const rate = oneCycle({
 *   peak: 8,
 *   steps: 9,
 *   startFactor: 0.25,
 *   finalFactor: 0,
 *   warmupShare: 5 / 9,
 * });
 * assertEquals([0, 2, 4, 6, 8, 100].map(rate), [2, 5, 8, 4, 0, 0]);
 * ```
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const { peak, steps, startFactor = 0.04, finalFactor = 4e-6, anneal = "linear" } = options;
  const { warmupShare = 0.3 } = options;
  checkPositive("make a schedule as peak", peak);
  checkCount("make a schedule as steps", steps);
  checkNotNegative("make a schedule as startFactor", startFactor);
  checkNotNegative("make a schedule as finalFactor", finalFactor);
  checkShare("make a schedule as warmupShare", warmupShare);
  if (anneal !== "linear" && anneal !== "cosine") {
    throw new RangeError(
      `Cannot make a schedule as anneal must be linear or cosine: found ${shown(anneal)}`,
    );
  }
  const bend = anneal === "linear" ? (share: number) => share : halfCosine;
  const top = warmupShare * steps - 1;
  const last = steps - 1;
  const [start, final] = [startFactor * peak, finalFactor * peak];
  return (step) => {
    if (step < top) return start + (peak - start) * bend(step / top);
    if (step >= last) return final;
    // A share below a step's length leaves no rise: the first step is at the peak.
    const from = Math.max(top, 0);
    return peak + (final - peak) * bend((step - from) / (last - from));
  };
}

function halfCosine(share: number): number {
  return (1 - Math.cos(Math.PI * share)) / 2;
}
