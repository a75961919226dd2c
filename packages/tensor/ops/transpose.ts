import { formatShape, resolveAxes } from "../shape.ts";
import { ShapeError } from "../shape_error.ts";
import type { Tensor } from "../tensor.ts";
import { type OutOption, output } from "./_output.ts";

/**
 * Reorders the axes, `y.shape[i] = x.shape[axes[i]]`.
 *
 * @param x A tensor of any dtype.
 * @param options The old axis at each new place (default: all reversed), and where the result goes,
 * which must not be `x`.
 * @returns The same numbers in the new order, in the dtype of `x`.
 * @throws {ShapeError} If `axes` does not name every axis, or `out` has another shape or dtype.
 * @throws {RangeError} If an axis is out of range or given twice.
 *
 * @example
 * ```ts
 * import { tensor, transpose } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [[1, 2, 3], [4, 5, 6]]);
 * const y = transpose(x);
 * assertEquals(y.shape, [3, 2]);
 * assertEquals(await y.data(), new Float32Array([1, 4, 2, 5, 3, 6]));
 * ```
 */
export function transpose(
  x: Tensor,
  options: OutOption & { readonly axes?: readonly number[] } = {},
): Tensor {
  const rank = x.shape.length;
  const axes = options.axes ?? x.shape.map((_, axis) => rank - 1 - axis);
  resolveAxes(axes, x.shape);
  if (axes.length !== rank) {
    throw new ShapeError(
      `Cannot transpose ${formatShape(x.shape)} as axes must name each axis once: found ${
        formatShape(axes)
      }`,
    );
  }
  const permutation = axes.map((axis) => axis < 0 ? axis + rank : axis);
  const result = output(x.backend, options.out, {
    verb: "transpose",
    shape: permutation.map((axis) => x.shape[axis]!),
    dtype: x.dtype,
    apartFrom: [x],
  });
  x.backend.transpose(x, permutation, result);
  return result;
}
