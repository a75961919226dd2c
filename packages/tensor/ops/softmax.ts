import { formatShape } from "../shape.ts";
import { ShapeError } from "../shape_error.ts";
import type { Tensor } from "../tensor.ts";
import { assertFloat, type OutOption, output } from "./_output.ts";

/**
 * Probabilities over the last axis, `yᵢ = exp(xᵢ − max x) / Σⱼ exp(xⱼ − max x)`.
 *
 * The largest number is subtracted first, so ±1e4 neither overflow nor divide by zero. A row with a NaN,
 * with +Infinity or of −Infinity alone becomes NaN.
 *
 * @param x A tensor of at least one axis.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x` whose rows sum to 1.
 * @throws {ShapeError} If `x` has no axis, `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { softmax, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [[1e4, 1e4], [0, -Infinity]]);
 * assertEquals(await softmax(x).data(), new Float32Array([0.5, 0.5, 1, 0]));
 * ```
 */
export function softmax(x: Tensor, options: OutOption = {}): Tensor {
  assertRows("softmax", x);
  const result = output(x.backend, options.out, {
    verb: "softmax",
    shape: x.shape,
    elementwise: [x],
  });
  x.backend.softmax(x, result);
  return result;
}

/**
 * Logarithms of the probabilities over the last axis, `yᵢ = xᵢ − max x − ln Σⱼ exp(xⱼ − max x)`.
 *
 * @param x A tensor of at least one axis.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `x` has no axis, `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { logSoftmax, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [[1000, 0]]);
 * assertEquals(await logSoftmax(x).data(), new Float32Array([0, -1000]));
 * ```
 */
export function logSoftmax(x: Tensor, options: OutOption = {}): Tensor {
  assertRows("logSoftmax", x);
  const result = output(x.backend, options.out, {
    verb: "logSoftmax",
    shape: x.shape,
    elementwise: [x],
  });
  x.backend.logSoftmax(x, result);
  return result;
}

function assertRows(verb: string, x: Tensor): void {
  assertFloat(verb, x);
  if (x.shape.length === 0) {
    throw new ShapeError(
      `Cannot ${verb} as there must be a last axis: found ${formatShape(x.shape)}`,
    );
  }
}
