import type { Tensor } from "../tensor.ts";
import { maximum, minimum, type OutOption } from "./arithmetic.ts";

/**
 * Keeps every number within bounds, `min(max(x, low), high)`; NaN stays NaN.
 *
 * @param x A tensor of any shape.
 * @param bounds `low` (default −Infinity), `high` (default Infinity), and where the result goes; it may
 * be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {RangeError} If a bound is NaN or `low` is above `high`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { clip, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [-5, 0.5, 5]);
 * assertEquals(await clip(x, { low: 0, high: 1 }).data(), new Float32Array([0, 0.5, 1]));
 * ```
 */
export function clip(
  x: Tensor,
  bounds: OutOption & { readonly low?: number; readonly high?: number },
): Tensor {
  const { low = -Infinity, high = Infinity } = bounds;
  if (!(low <= high)) {
    throw new RangeError(
      `Cannot clip as low must be at most high: found low ${low} and high ${high}`,
    );
  }
  const raised = maximum(x, low, bounds.out === undefined ? {} : { out: bounds.out });
  return minimum(raised, high, { out: raised });
}
