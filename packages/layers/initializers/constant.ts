import { sizeOf } from "@gradus/tensor";
import type { Initializer } from "./initializer.ts";

/**
 * Every number is the same, `w = value`.
 *
 * @param value A finite number.
 * @returns An initialiser for any shape.
 * @throws {RangeError} If the value is not finite.
 *
 * @example
 * ```ts
 * import { constantInit } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(constantInit(2)([2], random(0)), new Float64Array([2, 2]));
 * ```
 */
export function constantInit(value: number): Initializer {
  if (!Number.isFinite(value)) {
    throw new RangeError(
      `Cannot initialise with a constant as it must be finite: found ${value}`,
    );
  }
  return (shape) => new Float64Array(sizeOf(shape)).fill(value);
}

/**
 * Every number is 0: right for biases; weights of zeros would all learn the same.
 *
 * @returns An initialiser for any shape.
 *
 * @example
 * ```ts
 * import { zerosInit } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(zerosInit()([2], random(0)), new Float64Array([0, 0]));
 * ```
 */
export function zerosInit(): Initializer {
  return constantInit(0);
}

/**
 * Every number is 1: right for the scale of a normalisation.
 *
 * @returns An initialiser for any shape.
 *
 * @example
 * ```ts
 * import { onesInit } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(onesInit()([2], random(0)), new Float64Array([1, 1]));
 * ```
 */
export function onesInit(): Initializer {
  return constantInit(1);
}
