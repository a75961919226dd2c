import { formatShape } from "../shape.ts";
import { ShapeError } from "../shape_error.ts";
import type { Tensor } from "../tensor.ts";
import { type OutOption, output } from "./_output.ts";

/** One axis of a {@linkcode slice}, as Python's `start:end:step`. */
export interface Range {
  /** First place; negative counts from the end. Default: the first, or the last if `step` is negative. */
  readonly start?: number;
  /** Place before which to stop; negative counts from the end. Default: none. */
  readonly end?: number;
  /** Distance between places, not 0. Default: 1. */
  readonly step?: number;
}

/**
 * Copies a range of each axis, as NumPy's `x[start:end:step, …]`.
 *
 * @param x A tensor of any dtype.
 * @param ranges One range an axis; axes without one are taken whole. A bound past the end stops there.
 * @param options Where the result goes, which must not be `x`.
 * @returns The chosen numbers, in the dtype of `x`; every axis stays.
 * @throws {ShapeError} If there are more ranges than axes, a range is empty, or `out` has another shape.
 * @throws {RangeError} If a bound is not a whole number, or a step is 0.
 *
 * @example
 * ```ts
 * import { slice, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [[1, 2, 3], [4, 5, 6]]);
 * const y = slice(x, [{ start: -1 }, { step: -2 }]);
 * assertEquals(y.shape, [1, 2]);
 * assertEquals(await y.data(), new Float32Array([6, 4]));
 * ```
 */
export function slice(x: Tensor, ranges: readonly Range[], options: OutOption = {}): Tensor {
  if (ranges.length > x.shape.length) {
    throw new ShapeError(
      `Cannot slice ${
        formatShape(x.shape)
      } as there must be at most one range an axis: found ${ranges.length}`,
    );
  }
  const resolved = x.shape.map((length, axis) => resolveRange(ranges[axis] ?? {}, length, axis));
  const result = output(x.backend, options.out, {
    verb: "slice",
    shape: resolved.map((range) => range.count),
    dtype: x.dtype,
    apartFrom: [x],
  });
  x.backend.slice(
    x,
    { start: resolved.map((range) => range.start), step: resolved.map((range) => range.step) },
    result,
  );
  return result;
}

function resolveRange(
  range: Range,
  length: number,
  axis: number,
): { start: number; step: number; count: number } {
  const { step = 1 } = range;
  for (
    const [name, value] of [["start", range.start], ["end", range.end], ["step", step]] as const
  ) {
    if (value !== undefined && (!Number.isInteger(value) || (name === "step" && value === 0))) {
      throw new RangeError(
        `Cannot slice axis ${axis} as ${name} must be a whole number${
          name === "step" ? " other than 0" : ""
        }: found ${value}`,
      );
    }
  }
  // As Python: places are clamped to what a walk in this direction can reach.
  const [lowest, highest] = step > 0 ? [0, length] : [-1, length - 1];
  const place = (value: number) =>
    Math.min(highest, Math.max(lowest, value < 0 ? value + length : value));
  const start = range.start === undefined ? (step > 0 ? 0 : length - 1) : place(range.start);
  const end = range.end === undefined ? (step > 0 ? length : -1) : place(range.end);
  const count = Math.ceil((end - start) / step);
  if (count < 1) {
    throw new ShapeError(
      `Cannot slice axis ${axis} of length ${length} as the range must not be empty: found start ${
        range.start ?? "none"
      }, end ${range.end ?? "none"}, step ${step}`,
    );
  }
  return { start, step, count };
}
