import type { Random } from "@gradus/random";
import { type Shape, sizeOf } from "@gradus/tensor";
import type { Numbers } from "./numbers.ts";

/** Numbers of the normal distribution. */
export function normals(random: Random, shape: Shape): Numbers {
  return { shape, values: draw(shape, () => random.normal()) };
}

/** Numbers from `low` to `high`. */
export function uniforms(
  random: Random,
  shape: Shape,
  bounds: { readonly low: number; readonly high: number },
): Numbers {
  return { shape, values: draw(shape, () => random.uniform(bounds.low, bounds.high)) };
}

/**
 * Whole numbers from −4 to 4, as real numbers. Their products and the sums of up to 2²⁰ of those are
 * exact in float32 in whatever order, so that a kernel that sums has to be right to the last bit: a
 * lost or doubled term cannot hide within a tolerance.
 */
export function wholeNumbers(random: Random, shape: Shape): Numbers {
  return { shape, values: draw(shape, () => random.integer(9) - 4) };
}

/** −1 and 1, as real numbers. */
export function signs(random: Random, shape: Shape): Numbers {
  return { shape, values: draw(shape, () => random.integer(2) * 2 - 1) };
}

/** Whole numbers from 0 to `below` − 1, as `int32`. */
export function indices(random: Random, shape: Shape, below: number): Numbers {
  return { shape, values: Int32Array.from({ length: sizeOf(shape) }, () => random.integer(below)) };
}

/** How many numbers are drawn before they repeat: a prime, so that no two rows of a tensor are alike. */
const PERIOD = 4099;

function draw(shape: Shape, next: () => number): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = i < PERIOD ? next() : values[i - PERIOD]!;
  return values;
}
