import { equalShapes, formatShape, resolveAxes } from "../shape.ts";
import { ShapeError } from "../shape_error.ts";
import type { Tensor } from "../tensor.ts";
import { assertSameBackend, type OutOption, output } from "./_output.ts";

/**
 * Joins tensors along an axis.
 *
 * @param tensors At least one; of one dtype, and of one shape but for the axis.
 * @param options The axis (default 0), and where the result goes, which must not be an input.
 * @returns The common shape, with the axis as long as all together.
 * @throws {ShapeError} If there is no tensor, dtypes or other lengths differ, or `out` has another shape.
 * @throws {RangeError} If the axis is out of range.
 *
 * @example
 * ```ts
 * import { concatenate, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [[1, 2], [3, 4]]);
 * const y = concatenate([x, x], { axis: 1 });
 * assertEquals(y.shape, [2, 4]);
 * assertEquals(await y.data(), new Float32Array([1, 2, 1, 2, 3, 4, 3, 4]));
 * ```
 */
export function concatenate(
  tensors: readonly Tensor[],
  options: OutOption & { readonly axis?: number } = {},
): Tensor {
  const first = tensors[0];
  if (first === undefined) {
    throw new ShapeError("Cannot concatenate as there must be at least one tensor: found none");
  }
  const axis = resolveAxes([options.axis ?? 0], first.shape)[0]!;
  const others = (x: Tensor) => x.shape.filter((_, at) => at !== axis);
  for (const x of tensors) {
    assertSameBackend("concatenate", first.backend, x);
    if (
      x.dtype !== first.dtype || x.shape.length !== first.shape.length ||
      !equalShapes(others(x), others(first))
    ) {
      throw new ShapeError(
        `Cannot concatenate along axis ${axis} as dtypes and all other lengths must be equal: found ${first.dtype} ${
          formatShape(first.shape)
        } and ${x.dtype} ${formatShape(x.shape)}`,
      );
    }
  }
  const length = tensors.reduce((sum, x) => sum + x.shape[axis]!, 0);
  const result = output(first.backend, options.out, {
    verb: "concatenate",
    shape: first.shape.map((own, at) => at === axis ? length : own),
    dtype: first.dtype,
    apartFrom: tensors,
  });
  let start = 0;
  for (const x of tensors) {
    first.backend.paste(x, { axis, start }, result);
    start += x.shape[axis]!;
  }
  return result;
}
