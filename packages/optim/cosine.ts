import { checkCount, checkNotNegative } from "./_check_number.ts";
import type { Schedule } from "./schedule.ts";

/** Settings of a {@linkcode cosine} schedule. */
export interface CosineOptions {
  /** The rate of the first step. */
  readonly rate: number;
  /** Steps until the final rate, a whole number of at least 1. */
  readonly steps: number;
  /** The rate from then on. Default: 0. */
  readonly final?: number;
}

/**
 * A rate that falls along half a cosine,
 * `η(t) = final + (rate − final) · (1 + cos(π · t / steps)) / 2` until `t = steps`, and stays
 * there.
 *
 * Source: Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, 2017,
 * section 3, without the restarts.
 *
 * @param options The two rates, and the steps between them.
 * @returns The schedule.
 * @throws {RangeError} If a rate is negative or not finite, or the steps are not a whole number of
 * at least 1.
 *
 * @example
 * ```ts
 * import { cosine } from "@gradus/optim";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const rate = cosine({ rate: 0.3, steps: 100, final: 0.1 });
 * assertEquals(rate(0), 0.3);
 * assertAlmostEquals(rate(50), 0.2, 1e-15);
 * assertEquals(rate(200), 0.1);
 * ```
 */
export function cosine(options: CosineOptions): Schedule {
  const { rate, steps, final = 0 } = options;
  checkNotNegative("make a schedule as the rate", rate);
  checkCount("make a schedule as steps", steps);
  checkNotNegative("make a schedule as the final rate", final);
  return (step) => {
    const progress = Math.min(step / steps, 1);
    return final + (rate - final) * (1 + Math.cos(Math.PI * progress)) / 2;
  };
}
