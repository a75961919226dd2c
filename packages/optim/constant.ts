import { checkNotNegative } from "./_check_number.ts";
import type { Schedule } from "./schedule.ts";

/**
 * The same rate at every step, `η(t) = rate`.
 *
 * @param rate A finite number of at least 0.
 * @returns The schedule.
 * @throws {RangeError} If the rate is negative, infinite or NaN.
 *
 * @example
 * ```ts
 * import { constant } from "@gradus/optim";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(constant(0.1)(1000), 0.1);
 * ```
 */
export function constant(rate: number): Schedule {
  checkNotNegative("make a schedule as the rate", rate);
  return () => rate;
}
