import type { BinaryOp } from "../backend.ts";
import { broadcastShapes } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { assertFloat, backendOf, type OutOption, output, shapeOf } from "./_output.ts";

export type { OutOption } from "./_output.ts";

/**
 * Adds number by number, `a + b`, broadcast as in NumPy.
 *
 * @param a A tensor of any shape, or a number.
 * @param b A tensor of a shape that broadcasts with that of `a`, or a number.
 * @param options Where the result goes; it may be `a` or `b` if the shapes are equal.
 * @returns A tensor of the common shape.
 * @throws {ShapeError} If the shapes do not broadcast, `out` has another shape, or a dtype is `int32`.
 * @throws {TypeError} If both are numbers, or the tensors are on two backends.
 *
 * @example
 * ```ts
 * import { add, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const a = tensor(backend, [[1, 2], [3, 4]]);
 * const b = tensor(backend, [10, 20]);
 * assertEquals(await add(a, b).data(), new Float32Array([11, 22, 13, 24]));
 * ```
 */
export function add(a: Tensor | number, b: Tensor | number, options: OutOption = {}): Tensor {
  return binary("add", a, b, options.out);
}

/**
 * Subtracts number by number, `a − b`, broadcast as in NumPy.
 *
 * @param a A tensor of any shape, or a number.
 * @param b A tensor of a shape that broadcasts with that of `a`, or a number.
 * @param options Where the result goes; it may be `a` or `b` if the shapes are equal.
 * @returns A tensor of the common shape.
 * @throws {ShapeError} If the shapes do not broadcast, `out` has another shape, or a dtype is `int32`.
 * @throws {TypeError} If both are numbers, or the tensors are on two backends.
 *
 * @example
 * ```ts
 * import { subtract, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const a = tensor(backend, [[1, 2], [3, 4]]);
 * const b = tensor(backend, [10, 20]);
 * assertEquals(await subtract(a, b).data(), new Float32Array([-9, -18, -7, -16]));
 * ```
 */
export function subtract(a: Tensor | number, b: Tensor | number, options: OutOption = {}): Tensor {
  return binary("subtract", a, b, options.out);
}

/**
 * Multiplies number by number, `a · b`, broadcast as in NumPy.
 *
 * @param a A tensor of any shape, or a number.
 * @param b A tensor of a shape that broadcasts with that of `a`, or a number.
 * @param options Where the result goes; it may be `a` or `b` if the shapes are equal.
 * @returns A tensor of the common shape.
 * @throws {ShapeError} If the shapes do not broadcast, `out` has another shape, or a dtype is `int32`.
 * @throws {TypeError} If both are numbers, or the tensors are on two backends.
 *
 * @example
 * ```ts
 * import { multiply, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const a = tensor(backend, [[1, 2], [3, 4]]);
 * const b = tensor(backend, [10, 20]);
 * assertEquals(await multiply(a, b).data(), new Float32Array([10, 40, 30, 80]));
 * ```
 */
export function multiply(a: Tensor | number, b: Tensor | number, options: OutOption = {}): Tensor {
  return binary("multiply", a, b, options.out);
}

/**
 * Divides number by number, `a / b`, broadcast as in NumPy.
 *
 * @param a A tensor of any shape, or a number.
 * @param b A tensor of a shape that broadcasts with that of `a`, or a number.
 * @param options Where the result goes; it may be `a` or `b` if the shapes are equal.
 * @returns A tensor of the common shape.
 * @throws {ShapeError} If the shapes do not broadcast, `out` has another shape, or a dtype is `int32`.
 * @throws {TypeError} If both are numbers, or the tensors are on two backends.
 *
 * @example
 * ```ts
 * import { divide, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const a = tensor(reference(), [[10, 20]]);
 * assertEquals(await divide(a, 2).data(), new Float32Array([5, 10]));
 * ```
 */
export function divide(a: Tensor | number, b: Tensor | number, options: OutOption = {}): Tensor {
  return binary("divide", a, b, options.out);
}

/**
 * Raises number by number, `aᵇ`, broadcast as in NumPy.
 *
 * @param a A tensor of any shape, or a number.
 * @param b A tensor of a shape that broadcasts with that of `a`, or a number.
 * @param options Where the result goes; it may be `a` or `b` if the shapes are equal.
 * @returns A tensor of the common shape.
 * @throws {ShapeError} If the shapes do not broadcast, `out` has another shape, or a dtype is `int32`.
 * @throws {TypeError} If both are numbers, or the tensors are on two backends.
 *
 * @example
 * ```ts
 * import { power, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const a = tensor(reference(), [3, 4]);
 * assertEquals(await power(a, 2).data(), new Float32Array([9, 16]));
 * ```
 */
export function power(a: Tensor | number, b: Tensor | number, options: OutOption = {}): Tensor {
  return binary("power", a, b, options.out);
}

/**
 * Takes the larger number, `max(a, b)`, broadcast as in NumPy; NaN if either is.
 *
 * @param a A tensor of any shape, or a number.
 * @param b A tensor of a shape that broadcasts with that of `a`, or a number.
 * @param options Where the result goes; it may be `a` or `b` if the shapes are equal.
 * @returns A tensor of the common shape.
 * @throws {ShapeError} If the shapes do not broadcast, `out` has another shape, or a dtype is `int32`.
 * @throws {TypeError} If both are numbers, or the tensors are on two backends.
 *
 * @example
 * ```ts
 * import { maximum, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const a = tensor(backend, [[1, 2], [3, 4]]);
 * const b = tensor(backend, [10, 20]);
 * assertEquals(await maximum(a, b).data(), new Float32Array([10, 20, 10, 20]));
 * ```
 */
export function maximum(a: Tensor | number, b: Tensor | number, options: OutOption = {}): Tensor {
  return binary("maximum", a, b, options.out);
}

/**
 * Takes the smaller number, `min(a, b)`, broadcast as in NumPy; NaN if either is.
 *
 * @param a A tensor of any shape, or a number.
 * @param b A tensor of a shape that broadcasts with that of `a`, or a number.
 * @param options Where the result goes; it may be `a` or `b` if the shapes are equal.
 * @returns A tensor of the common shape.
 * @throws {ShapeError} If the shapes do not broadcast, `out` has another shape, or a dtype is `int32`.
 * @throws {TypeError} If both are numbers, or the tensors are on two backends.
 *
 * @example
 * ```ts
 * import { minimum, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const a = tensor(backend, [[1, 2], [3, 4]]);
 * const b = tensor(backend, [10, 20]);
 * assertEquals(await minimum(a, b).data(), new Float32Array([1, 2, 3, 4]));
 * ```
 */
export function minimum(a: Tensor | number, b: Tensor | number, options: OutOption = {}): Tensor {
  return binary("minimum", a, b, options.out);
}

function binary(op: BinaryOp, a: Tensor | number, b: Tensor | number, out?: Tensor): Tensor {
  const backend = backendOf(op, [a, b]);
  if (typeof a !== "number") assertFloat(op, a);
  if (typeof b !== "number") assertFloat(op, b);
  const shape = broadcastShapes(shapeOf(a), shapeOf(b));
  const result = output(backend, out, { verb: op, shape, elementwise: [a, b] });
  backend.binary(op, a, b, result);
  return result;
}
