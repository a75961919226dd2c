import type { CompareOp } from "../backend.ts";
import { broadcastShapes, formatShape } from "../shape.ts";
import { ShapeError } from "../shape_error.ts";
import type { Tensor } from "../tensor.ts";
import { assertFloat, backendOf, type OutOption, output, shapeOf } from "./_output.ts";

/**
 * Compares number by number, 1 where `a = b` and 0 where not, broadcast as in NumPy.
 *
 * @param a A tensor of any shape, or a number.
 * @param b A tensor of the same dtype whose shape broadcasts, or a number.
 * @param options Where the result goes.
 * @returns A tensor of the common shape, in the backend's `float`, so that its mean is a share.
 * @throws {ShapeError} If the shapes do not broadcast, the dtypes differ, or `out` has another shape.
 * @throws {TypeError} If both are numbers, or the tensors are on two backends.
 *
 * @example
 * ```ts
 * import { equal, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const a = tensor(reference(), [2, 1, 3]);
 * assertEquals(await equal(a, 2).data(), new Float32Array([1, 0, 0]));
 * ```
 */
export function equal(a: Tensor | number, b: Tensor | number, options: OutOption = {}): Tensor {
  return compare("equal", a, b, options.out);
}

/**
 * Compares number by number, 1 where `a ≠ b` and 0 where not, broadcast as in NumPy.
 *
 * @param a A tensor of any shape, or a number.
 * @param b A tensor of the same dtype whose shape broadcasts, or a number.
 * @param options Where the result goes.
 * @returns A tensor of the common shape, in the backend's `float`, so that its mean is a share.
 * @throws {ShapeError} If the shapes do not broadcast, the dtypes differ, or `out` has another shape.
 * @throws {TypeError} If both are numbers, or the tensors are on two backends.
 *
 * @example
 * ```ts
 * import { notEqual, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const a = tensor(reference(), [2, 1, 3]);
 * assertEquals(await notEqual(a, 2).data(), new Float32Array([0, 1, 1]));
 * ```
 */
export function notEqual(a: Tensor | number, b: Tensor | number, options: OutOption = {}): Tensor {
  return compare("notEqual", a, b, options.out);
}

/**
 * Compares number by number, 1 where `a < b` and 0 where not, broadcast as in NumPy.
 *
 * @param a A tensor of any shape, or a number.
 * @param b A tensor of the same dtype whose shape broadcasts, or a number.
 * @param options Where the result goes.
 * @returns A tensor of the common shape, in the backend's `float`, so that its mean is a share.
 * @throws {ShapeError} If the shapes do not broadcast, the dtypes differ, or `out` has another shape.
 * @throws {TypeError} If both are numbers, or the tensors are on two backends.
 *
 * @example
 * ```ts
 * import { less, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const a = tensor(reference(), [2, 1, 3]);
 * assertEquals(await less(a, 2).data(), new Float32Array([0, 1, 0]));
 * ```
 */
export function less(a: Tensor | number, b: Tensor | number, options: OutOption = {}): Tensor {
  return compare("less", a, b, options.out);
}

/**
 * Compares number by number, 1 where `a ≤ b` and 0 where not, broadcast as in NumPy.
 *
 * @param a A tensor of any shape, or a number.
 * @param b A tensor of the same dtype whose shape broadcasts, or a number.
 * @param options Where the result goes.
 * @returns A tensor of the common shape, in the backend's `float`, so that its mean is a share.
 * @throws {ShapeError} If the shapes do not broadcast, the dtypes differ, or `out` has another shape.
 * @throws {TypeError} If both are numbers, or the tensors are on two backends.
 *
 * @example
 * ```ts
 * import { lessEqual, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const a = tensor(reference(), [2, 1, 3]);
 * assertEquals(await lessEqual(a, 2).data(), new Float32Array([1, 1, 0]));
 * ```
 */
export function lessEqual(a: Tensor | number, b: Tensor | number, options: OutOption = {}): Tensor {
  return compare("lessEqual", a, b, options.out);
}

/**
 * Compares number by number, 1 where `a > b` and 0 where not, broadcast as in NumPy.
 *
 * @param a A tensor of any shape, or a number.
 * @param b A tensor of the same dtype whose shape broadcasts, or a number.
 * @param options Where the result goes.
 * @returns A tensor of the common shape, in the backend's `float`, so that its mean is a share.
 * @throws {ShapeError} If the shapes do not broadcast, the dtypes differ, or `out` has another shape.
 * @throws {TypeError} If both are numbers, or the tensors are on two backends.
 *
 * @example
 * ```ts
 * import { greater, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const a = tensor(reference(), [2, 1, 3]);
 * assertEquals(await greater(a, 2).data(), new Float32Array([0, 0, 1]));
 * ```
 */
export function greater(a: Tensor | number, b: Tensor | number, options: OutOption = {}): Tensor {
  return compare("greater", a, b, options.out);
}

/**
 * Compares number by number, 1 where `a ≥ b` and 0 where not, broadcast as in NumPy.
 *
 * @param a A tensor of any shape, or a number.
 * @param b A tensor of the same dtype whose shape broadcasts, or a number.
 * @param options Where the result goes.
 * @returns A tensor of the common shape, in the backend's `float`, so that its mean is a share.
 * @throws {ShapeError} If the shapes do not broadcast, the dtypes differ, or `out` has another shape.
 * @throws {TypeError} If both are numbers, or the tensors are on two backends.
 *
 * @example
 * ```ts
 * import { greaterEqual, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const a = tensor(reference(), [2, 1, 3]);
 * assertEquals(await greaterEqual(a, 2).data(), new Float32Array([1, 0, 1]));
 * ```
 */
export function greaterEqual(
  a: Tensor | number,
  b: Tensor | number,
  options: OutOption = {},
): Tensor {
  return compare("greaterEqual", a, b, options.out);
}

function compare(op: CompareOp, a: Tensor | number, b: Tensor | number, out?: Tensor): Tensor {
  const backend = backendOf("compare", [a, b]);
  for (const x of [a, b]) {
    if (typeof x !== "number" && x.dtype !== "int32") assertFloat("compare", x);
  }
  if (typeof a !== "number" && typeof b !== "number" && a.dtype !== b.dtype) {
    throw new ShapeError(
      `Cannot compare ${formatShape(a.shape)} with ${
        formatShape(b.shape)
      } as dtypes must be equal: found ${a.dtype} and ${b.dtype}`,
    );
  }
  const shape = broadcastShapes(shapeOf(a), shapeOf(b));
  const result = output(backend, out, { verb: "compare", shape, elementwise: [a, b] });
  backend.compare(op, a, b, result);
  return result;
}
