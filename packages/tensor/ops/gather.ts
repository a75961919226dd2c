import { formatShape, resolveAxes } from "../shape.ts";
import { ShapeError } from "../shape_error.ts";
import type { Tensor } from "../tensor.ts";
import { assertSameBackend, type OutOption, output } from "./_output.ts";

/**
 * Takes slices at given places along an axis, `y[i, …] = x[indices[i], …]` for axis 0.
 *
 * @param x A tensor of any dtype.
 * @param indices `int32 [count]`, each in `[0, length of the axis)`; places are not read back to be
 * checked, so one out of range makes its slice NaN (0 for `int32`).
 * @param options The axis (default 0), and where the result goes, which must not be an input.
 * @returns The shape of `x` with the axis of length `count`, in the dtype of `x`.
 * @throws {ShapeError} If `indices` is not `int32` with one axis, or `out` has another shape or dtype.
 * @throws {RangeError} If the axis is out of range.
 *
 * @example
 * ```ts
 * import { gather, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const x = tensor(backend, [[1, 2], [3, 4], [5, 6]]);
 * const rows = tensor(backend, new Int32Array([2, 0]));
 * assertEquals(await gather(x, rows).data(), new Float32Array([5, 6, 1, 2]));
 * ```
 */
export function gather(
  x: Tensor,
  indices: Tensor,
  options: OutOption & { readonly axis?: number } = {},
): Tensor {
  assertSameBackend("gather", x.backend, indices);
  if (indices.dtype !== "int32" || indices.shape.length !== 1) {
    throw new ShapeError(
      `Cannot gather as indices must be int32 with one axis: found ${indices.dtype} ${
        formatShape(indices.shape)
      }`,
    );
  }
  const axis = resolveAxes([options.axis ?? 0], x.shape)[0]!;
  const shape = x.shape.map((length, at) => at === axis ? indices.shape[0]! : length);
  const result = output(x.backend, options.out, {
    verb: "gather",
    shape,
    dtype: x.dtype,
    apartFrom: [x, indices],
  });
  x.backend.gather(x, indices, axis, result);
  return result;
}
