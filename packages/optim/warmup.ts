import { checkCount, checkNotNegative } from "./_check_number.ts";
import type { Schedule } from "./schedule.ts";

/** Settings of a {@linkcode warmup}. */
export interface WarmupOptions {
  /** Steps of the rise, a whole number of at least 1. */
  readonly steps: number;
  /** The rate of the first step. Default: 0, at which the first step changes nothing. */
  readonly from?: number;
}

/**
 * A straight rise before another schedule: `η(t) = from + (then(0) − from) · t / steps` for
 * `t < steps`, and `then(t − steps)` from there on.
 *
 * @param options The rise.
 * @param then What follows, as if it began at step 0.
 * @returns The schedule.
 * @throws {RangeError} If a rate is negative or not finite, or the steps are not a whole number of
 * at least 1.
 *
 * @example
 * ```ts
 * import { stepDecay, warmup } from "@gradus/optim";
 * import { assertEquals } from "@std/assert";
 *
 * const rate = warmup({ steps: 4 }, stepDecay({ rate: 8, factor: 0.5, every: 2 }));
 * assertEquals([0, 1, 2, 3, 4, 5, 6].map(rate), [0, 2, 4, 6, 8, 8, 4]);
 * ```
 */
export function warmup(options: WarmupOptions, then: Schedule): Schedule {
  const { steps, from = 0 } = options;
  const peak = then(0);
  checkCount("make a schedule as steps", steps);
  checkNotNegative("make a schedule as the rate to start from", from);
  checkNotNegative("make a schedule as the rate to rise to", peak);
  return (step) => step < steps ? from + (peak - from) * (step / steps) : then(step - steps);
}
