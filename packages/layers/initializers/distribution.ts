import { sizeOf } from "@gradus/tensor";
import type { Initializer } from "./initializer.ts";

/**
 * Numbers drawn evenly, `w ~ U[low, high)`.
 *
 * @param options `low` (default −0.05) and `high` (default 0.05).
 * @returns An initialiser for any shape.
 * @throws {RangeError} If a bound is not finite or `low` is not below `high`.
 *
 * @example
 * ```ts
 * import { uniformInit } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assert } from "@std/assert";
 *
 * const values = uniformInit({ low: 1, high: 2 })([100], random(0));
 * assert(values.every((value) => value >= 1 && value < 2));
 * ```
 */
export function uniformInit(
  options: { readonly low?: number; readonly high?: number } = {},
): Initializer {
  const { low = -0.05, high = 0.05 } = options;
  if (!(Number.isFinite(low) && Number.isFinite(high) && low < high)) {
    throw new RangeError(
      `Cannot initialise uniformly as low must be below high, both finite: found low ${low} and high ${high}`,
    );
  }
  return (shape, random) => new Float64Array(sizeOf(shape)).map(() => random.uniform(low, high));
}

/**
 * Numbers of the normal distribution, `w ~ N(mean, deviation²)`.
 *
 * @param options `mean` (default 0) and `deviation` (default 0.05).
 * @returns An initialiser for any shape.
 * @throws {RangeError} If the mean is not finite, or the deviation not finite and at least 0.
 *
 * @example
 * ```ts
 * import { normalInit } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const values = normalInit({ deviation: 2 })([10_000], random(0));
 * const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
 * assertAlmostEquals(variance, 4, 0.2);
 * ```
 */
export function normalInit(
  options: { readonly mean?: number; readonly deviation?: number } = {},
): Initializer {
  const { mean, deviation } = checkNormal(options);
  return (shape, random) =>
    new Float64Array(sizeOf(shape)).map(() => random.normal(mean, deviation));
}

/**
 * Numbers of the normal distribution within two deviations, drawn again where they fall outside.
 *
 * @param options `mean` (default 0) and `deviation` (default 0.05) of the distribution before it is cut.
 * @returns An initialiser for any shape.
 * @throws {RangeError} If the mean is not finite, or the deviation not finite and at least 0.
 *
 * @example
 * ```ts
 * import { truncatedNormalInit } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assert } from "@std/assert";
 *
 * const values = truncatedNormalInit({ deviation: 1 })([1000], random(0));
 * assert(values.every((value) => Math.abs(value) <= 2));
 * ```
 */
export function truncatedNormalInit(
  options: { readonly mean?: number; readonly deviation?: number } = {},
): Initializer {
  const { mean, deviation } = checkNormal(options);
  return (shape, random) =>
    new Float64Array(sizeOf(shape)).map(() => {
      let z = random.normal();
      while (Math.abs(z) > 2) z = random.normal();
      return mean + deviation * z;
    });
}

function checkNormal(
  { mean = 0, deviation = 0.05 }: { readonly mean?: number; readonly deviation?: number },
): { readonly mean: number; readonly deviation: number } {
  if (!(Number.isFinite(mean) && Number.isFinite(deviation) && deviation >= 0)) {
    throw new RangeError(
      `Cannot initialise normally as mean must be finite and deviation at least 0: found mean ${mean} and deviation ${deviation}`,
    );
  }
  return { mean, deviation };
}
