/** A mean over repetitions, and how far they lie apart. */
export interface Spread {
  /** The mean. */
  readonly mean: number;
  /** Standard deviation, with n − 1; 0 for one value. */
  readonly deviation: number;
  /** What they are of. */
  readonly values: readonly number[];
}

/**
 * Mean and standard deviation of some numbers, `√(Σ (x − mean)² / (n − 1))`.
 *
 * @param values At least one.
 * @returns Both, and the values.
 *
 * @example
 * ```ts
 * import { spreadOf } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(spreadOf([1, 2, 3]), { mean: 2, deviation: 1, values: [1, 2, 3] });
 * ```
 */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length - 1)), values };
}
