import { checkNotNegative, checkPositive } from "./_check_number.ts";
import type { Schedule } from "./schedule.ts";

/** Settings of an {@linkcode exponential} schedule. */
export interface ExponentialOptions {
  /** The rate of the first step. */
  readonly rate: number;
  /** The factor of each stage, above 0. */
  readonly decay: number;
  /** Steps of a stage, above 0: for a stage of `k` epochs, `k · stepsPerEpoch`. */
  readonly stageSteps: number;
  /**
   * Whether the rate falls at the end of each stage alone rather than at every step. Default:
   * false.
   */
  readonly staircase?: boolean;
}

/**
 * A rate that shrinks by the same factor in every stage, `η(t) = rate · decay^(t / stageSteps)`;
 * with `staircase` the exponent is rounded down.
 *
 * @param options The rate, its decay and the stages.
 * @returns The schedule.
 * @throws {RangeError} If the rate is negative or not finite, or the decay or the stage is not
 * above 0.
 *
 * @example A tenth less after every second epoch
 * ```ts
 * import { exponential } from "@gradus/optim";
 * import { assertEquals } from "@std/assert";
 *
 * const stepsPerEpoch = Math.ceil(105 / 16);
 * const rate = exponential({
 *   rate: 1,
 *   decay: 0.9,
 *   stageSteps: 2 * stepsPerEpoch,
 *   staircase: true,
 * });
 *
 * assertEquals([0, 13, 14, 27, 28].map(rate), [1, 1, 0.9, 0.9, 0.9 ** 2]);
 * ```
 */
export function exponential(options: ExponentialOptions): Schedule {
  const { rate, decay, stageSteps, staircase = false } = options;
  checkNotNegative("make a schedule as the rate", rate);
  checkPositive("make a schedule as decay", decay);
  checkPositive("make a schedule as stageSteps", stageSteps);
  return (step) => {
    const stages = step / stageSteps;
    return rate * decay ** (staircase ? Math.floor(stages) : stages);
  };
}
