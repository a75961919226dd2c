import type { ReduceOp } from "../backend.ts";
import { resolveAxes, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { assertFloat, type OutOption, output } from "./_output.ts";

/** What every reduction takes beside its operand. */
export interface ReduceOptions extends OutOption {
  /** Axes to fold, -1 for the last. Default: all. */
  readonly axes?: readonly number[];
  /** Keeps a folded axis with length 1. Default: false. */
  readonly keepAxes?: boolean;
}

/** What `argmax` and `argmin` take beside their operand. */
export interface ArgReduceOptions extends OutOption {
  /** The axis to search along. Default: -1, the last. */
  readonly axis?: number;
}

/**
 * Folds axes, `Σ x`.
 *
 * @param x A tensor of any shape.
 * @param options Which axes, whether they stay, and where the result goes, which must not be `x`.
 * @returns A tensor of what is left of the shape.
 * @throws {RangeError} If an axis is out of range or given twice.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { sum, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [[1, 2], [3, 4]]);
 * assertEquals(await sum(x, { axes: [-1] }).data(), new Float32Array([3, 7]));
 * assertEquals(await sum(x).item(), 10);
 * ```
 */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("sum", x, options);
}

/**
 * Folds axes, `Σ x / count`.
 *
 * @param x A tensor of any shape.
 * @param options Which axes, whether they stay, and where the result goes, which must not be `x`.
 * @returns A tensor of what is left of the shape.
 * @throws {RangeError} If an axis is out of range or given twice.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { mean, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [[1, 2], [3, 4]]);
 * assertEquals(await mean(x, { axes: [-1] }).data(), new Float32Array([1.5, 3.5]));
 * assertEquals(await mean(x).item(), 2.5);
 * ```
 */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("mean", x, options);
}

/**
 * Folds axes, `max x, NaN if any number is`.
 *
 * @param x A tensor of any shape.
 * @param options Which axes, whether they stay, and where the result goes, which must not be `x`.
 * @returns A tensor of what is left of the shape.
 * @throws {RangeError} If an axis is out of range or given twice.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { max, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [[1, 2], [3, 4]]);
 * assertEquals(await max(x, { axes: [-1] }).data(), new Float32Array([2, 4]));
 * assertEquals(await max(x).item(), 4);
 * ```
 */
export function max(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("max", x, options);
}

/**
 * Folds axes, `min x, NaN if any number is`.
 *
 * @param x A tensor of any shape.
 * @param options Which axes, whether they stay, and where the result goes, which must not be `x`.
 * @returns A tensor of what is left of the shape.
 * @throws {RangeError} If an axis is out of range or given twice.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { min, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [[1, 2], [3, 4]]);
 * assertEquals(await min(x, { axes: [-1] }).data(), new Float32Array([1, 3]));
 * assertEquals(await min(x).item(), 1);
 * ```
 */
export function min(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("min", x, options);
}

/**
 * Folds axes, `Π x`.
 *
 * @param x A tensor of any shape.
 * @param options Which axes, whether they stay, and where the result goes, which must not be `x`.
 * @returns A tensor of what is left of the shape.
 * @throws {RangeError} If an axis is out of range or given twice.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { product, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [[1, 2], [3, 4]]);
 * assertEquals(await product(x, { axes: [-1] }).data(), new Float32Array([2, 12]));
 * assertEquals(await product(x).item(), 24);
 * ```
 */
export function product(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("product", x, options);
}

/**
 * The place of the largest number along an axis; the first of several, or the first NaN.
 *
 * @param x A tensor of at least one axis.
 * @param options Which axis, and where the result goes.
 * @returns Places as `int32`, in the shape of `x` without the axis.
 * @throws {RangeError} If the axis is out of range.
 * @throws {ShapeError} If `out` has another shape or dtype, or `x` is `int32`.
 *
 * @example
 * ```ts
 * import { argmax, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [[1, 2], [4, 3]]);
 * assertEquals(await argmax(x).data(), new Int32Array([1, 0]));
 * ```
 */
export function argmax(x: Tensor, options: ArgReduceOptions = {}): Tensor {
  return argReduce("argmax", x, options);
}

/**
 * The place of the smallest number along an axis; the first of several, or the first NaN.
 *
 * @param x A tensor of at least one axis.
 * @param options Which axis, and where the result goes.
 * @returns Places as `int32`, in the shape of `x` without the axis.
 * @throws {RangeError} If the axis is out of range.
 * @throws {ShapeError} If `out` has another shape or dtype, or `x` is `int32`.
 *
 * @example
 * ```ts
 * import { argmin, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [[1, 2], [4, 3]]);
 * assertEquals(await argmin(x).data(), new Int32Array([0, 1]));
 * ```
 */
export function argmin(x: Tensor, options: ArgReduceOptions = {}): Tensor {
  return argReduce("argmin", x, options);
}

function reduce(op: ReduceOp, x: Tensor, options: ReduceOptions): Tensor {
  assertFloat(op, x);
  const axes = options.axes === undefined
    ? x.shape.map((_, axis) => axis)
    : resolveAxes(options.axes, x.shape);
  const shape = without(x.shape, axes, options.keepAxes);
  const result = output(x.backend, options.out, { verb: op, shape, apartFrom: [x] });
  x.backend.reduce(op, x, axes, result);
  return result;
}

function argReduce(op: "argmax" | "argmin", x: Tensor, options: ArgReduceOptions): Tensor {
  assertFloat(op, x);
  const axes = resolveAxes([options.axis ?? -1], x.shape);
  const shape = without(x.shape, axes);
  const result = output(x.backend, options.out, { verb: op, shape, dtype: "int32" });
  x.backend.argReduce(op, x, axes[0]!, result);
  return result;
}

function without(shape: Shape, axes: readonly number[], keepAxes = false): Shape {
  return keepAxes
    ? shape.map((length, axis) => axes.includes(axis) ? 1 : length)
    : shape.filter((_, axis) => !axes.includes(axis));
}
