import type { DType } from "../dtype.ts";
import type { Tensor } from "../tensor.ts";
import { type OutOption, output } from "./_output.ts";

/**
 * The same numbers in memory of their own, converted to another dtype if asked.
 *
 * @param x A tensor of any shape.
 * @param options The new dtype (default: that of `x`; real numbers lose their fraction towards zero as
 * `int32`), and where the result goes.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape or dtype.
 *
 * @example
 * ```ts
 * import { copy, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const labels = tensor(reference(), new Int32Array([2, 0]));
 * assertEquals(await copy(labels, { dtype: "float32" }).data(), new Float32Array([2, 0]));
 * ```
 */
export function copy(x: Tensor, options: OutOption & { readonly dtype?: DType } = {}): Tensor {
  const result = output(x.backend, options.out, {
    verb: "copy",
    shape: x.shape,
    dtype: options.dtype ?? options.out?.dtype ?? x.dtype,
  });
  x.backend.copy(x, result);
  return result;
}
