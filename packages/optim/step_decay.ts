import { checkCount, checkNotNegative, checkPositive } from "./_check_number.ts";
import type { Schedule } from "./schedule.ts";

/** Settings of a {@linkcode stepDecay} schedule: either `milestones` or `every`. */
export interface StepDecayOptions {
  /** The rate of the first step. */
  readonly rate: number;
  /** What the rate is multiplied by, above 0. Default: 0.1. */
  readonly factor?: number;
  /** Steps at which the rate is multiplied, ascending whole numbers of at least 1. */
  readonly milestones?: readonly number[];
  /** The rate is multiplied whenever so many steps were taken, a whole number of at least 1. */
  readonly every?: number;
}

/**
 * A rate that falls at given steps, `η(t) = rate · factor^k`, where `k` counts the milestones up to
 * `t`, or is `⌊t / every⌋`.
 *
 * @param options The rate, and when it falls by what factor.
 * @returns The schedule.
 * @throws {TypeError} If `milestones` and `every` are both given, or neither.
 * @throws {RangeError} If the rate is negative or not finite, the factor is not above 0, or the
 * steps are not ascending whole numbers of at least 1.
 *
 * @example
 * ```ts
 * import { stepDecay } from "@gradus/optim";
 * import { assertEquals } from "@std/assert";
 *
 * const rate = stepDecay({ rate: 8, factor: 0.5, milestones: [100, 150] });
 * assertEquals([0, 99, 100, 149, 150].map(rate), [8, 8, 4, 4, 2]);
 * ```
 */
export function stepDecay(options: StepDecayOptions): Schedule {
  const { rate, factor = 0.1, milestones, every } = options;
  checkNotNegative("make a schedule as the rate", rate);
  checkPositive("make a schedule as factor", factor);
  if (milestones !== undefined && every === undefined) {
    const at = [...milestones];
    at.forEach((milestone, i) => {
      checkCount("make a schedule as each milestone", milestone);
      if (i > 0 && milestone <= at[i - 1]!) {
        throw new RangeError(
          `Cannot make a schedule as milestones must ascend: found ${milestone} after ${at[i - 1]}`,
        );
      }
    });
    return (step) => rate * factor ** at.filter((milestone) => milestone <= step).length;
  }
  if (every !== undefined && milestones === undefined) {
    checkCount("make a schedule as every", every);
    return (step) => rate * factor ** Math.floor(step / every);
  }
  throw new TypeError(
    `Cannot make a schedule as either milestones or every must be given: found ${
      every === undefined ? "neither" : "both"
    }`,
  );
}
