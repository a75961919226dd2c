import { checkCount, checkNotNegative, checkPositive } from "./_check_number.ts";
import type { Schedule } from "./schedule.ts";

/** Settings of a {@linkcode polynomial} schedule. */
export interface PolynomialOptions {
  /** The rate of the first step. */
  readonly rate: number;
  /** Steps until the final rate, a whole number of at least 1. */
  readonly steps: number;
  /** The exponent, above 0; 1 is a straight line. Default: 1. */
  readonly power?: number;
  /** The rate from then on. Default: 0. */
  readonly final?: number;
}

/**
 * A rate that falls along a power, `η(t) = final + (rate − final) · (1 − t / steps)^power` until
 * `t = steps`, and stays there.
 *
 * @param options The two rates, and the steps and the curve between them.
 * @returns The schedule.
 * @throws {RangeError} If a rate is negative or not finite, the steps are not a whole number of at
 * least 1, or the power is not above 0.
 *
 * @example
 * ```ts
 * import { polynomial } from "@gradus/optim";
 * import { assertEquals } from "@std/assert";
 *
 * const rate = polynomial({ rate: 16, steps: 4, power: 2 });
 * assertEquals([0, 1, 2, 3, 4, 5].map(rate), [16, 9, 4, 1, 0, 0]);
 * ```
 */
export function polynomial(options: PolynomialOptions): Schedule {
  const { rate, steps, power = 1, final = 0 } = options;
  checkNotNegative("make a schedule as the rate", rate);
  checkCount("make a schedule as steps", steps);
  checkPositive("make a schedule as power", power);
  checkNotNegative("make a schedule as the final rate", final);
  return (step) => final + (rate - final) * (1 - Math.min(step / steps, 1)) ** power;
}
