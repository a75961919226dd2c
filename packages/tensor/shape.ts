import { ShapeError } from "./shape_error.ts";

/** Lengths of a tensor's axes; `[]` is a single number. Images are `[batch, height, width, channels]`. */
export type Shape = readonly number[];

/** The most numbers that one tensor may have: sizes stay exact integers. */
const MAX_SIZE = Number.MAX_SAFE_INTEGER;

/**
 * How many numbers a shape holds, Π lengths.
 *
 * @param shape Any shape.
 * @returns The product of its lengths; 1 for `[]`.
 *
 * @example
 * ```ts
 * import { sizeOf } from "@gradus/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sizeOf([2, 3, 4]), 24);
 * ```
 */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let axis = 0; axis < shape.length; axis++) size *= shape[axis]!;
  return size;
}

/**
 * Refuses what is not a shape.
 *
 * @param shape Lengths to check: integers ≥ 1 whose product is at most 2⁵³ − 1.
 * @throws {ShapeError} If a length is zero, negative, fractional or NaN, or the product is too large.
 *
 * @example
 * ```ts
 * import { assertShape, ShapeError } from "@gradus/tensor";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => assertShape([2, -1]), ShapeError, "found -1 in [2, -1]");
 * ```
 */
export function assertShape(shape: Shape): void {
  for (const length of shape) {
    if (!Number.isInteger(length) || length < 1) {
      throw new ShapeError(
        `Cannot use a shape as each length must be a whole number of at least 1: found ${length} in ${
          formatShape(shape)
        }`,
      );
    }
  }
  if (sizeOf(shape) > MAX_SIZE) {
    throw new ShapeError(
      `Cannot use a shape as its size must be below 2^53: found ${formatShape(shape)}`,
    );
  }
}

/**
 * Writes a shape as messages show it.
 *
 * @param shape Any lengths.
 * @returns For example `[32, 784]`.
 *
 * @example
 * ```ts
 * import { formatShape } from "@gradus/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatShape([32, 784]), "[32, 784]");
 * ```
 */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/**
 * Whether two shapes are the same.
 *
 * @param a A shape.
 * @param b A shape.
 * @returns True if ranks and all lengths are equal.
 *
 * @example
 * ```ts
 * import { equalShapes } from "@gradus/tensor";
 * import { assert } from "@std/assert";
 *
 * assert(equalShapes([2, 3], [2, 3]));
 * assert(!equalShapes([2, 3], [2, 3, 1]));
 * ```
 */
export function equalShapes(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/**
 * Numbers to skip for one step along each axis of a row-major tensor.
 *
 * @param shape Any shape.
 * @returns Strides, as many as axes.
 *
 * @example
 * ```ts
 * import { stridesOf } from "@gradus/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(stridesOf([2, 3, 4]), [12, 4, 1]);
 * ```
 */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/**
 * The shape that two shapes broadcast to, as in NumPy: aligned at the last axis, where one length is 1
 * the other one's counts.
 *
 * @param a A shape.
 * @param b A shape.
 * @returns The common shape.
 * @throws {ShapeError} If two aligned lengths differ and neither is 1.
 *
 * @example
 * ```ts
 * import { broadcastShapes } from "@gradus/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(broadcastShapes([5, 1, 3], [4, 1]), [5, 4, 3]);
 * ```
 */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  if (equalShapes(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  for (let axis = 1; axis <= rank; axis++) {
    const left = a[a.length - axis] ?? 1;
    const right = b[b.length - axis] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new ShapeError(
        `Cannot broadcast ${formatShape(a)} with ${
          formatShape(b)
        } as aligned lengths must be equal or 1: found ${left} and ${right}`,
      );
    }
    shape[rank - axis] = left === 1 ? right : left;
  }
  return shape;
}

/**
 * Turns axes counted from either end into ascending axes from the front.
 *
 * @param axes Axes in `[-rank, rank)`; -1 is the last.
 * @param shape The shape they belong to.
 * @returns Ascending axes, none twice.
 * @throws {RangeError} If an axis is out of range or given twice.
 *
 * @example
 * ```ts
 * import { resolveAxes } from "@gradus/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(resolveAxes([-1, 0], [2, 3, 4]), [0, 2]);
 * ```
 */
export function resolveAxes(axes: readonly number[], shape: Shape): number[] {
  const resolved = axes.map((axis) => {
    if (!Number.isInteger(axis) || axis < -shape.length || axis >= shape.length) {
      throw new RangeError(
        `Cannot use axis ${axis} of ${
          formatShape(shape)
        } as an axis must be in [-${shape.length}, ${shape.length})`,
      );
    }
    return axis < 0 ? axis + shape.length : axis;
  }).sort((a, b) => a - b);
  for (let i = 1; i < resolved.length; i++) {
    if (resolved[i] === resolved[i - 1]) {
      throw new RangeError(
        `Cannot use axes ${formatShape(axes)} of ${
          formatShape(shape)
        } as each axis must be given once: found ${resolved[i]} twice`,
      );
    }
  }
  return resolved;
}
