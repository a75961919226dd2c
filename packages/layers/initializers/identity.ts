import { formatShape, ShapeError, sizeOf } from "@gradus/tensor";
import type { Initializer } from "./initializer.ts";

/**
 * Ones on the diagonal: a dense layer that starts as `y = x`, as far as its lengths allow.
 *
 * @returns An initialiser for weights of two axes.
 * @throws {ShapeError} If the shape has not two axes; {@linkcode diracInit} is for kernels.
 *
 * @example
 * ```ts
 * import { identityInit } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(identityInit()([2, 3], random(0)), new Float64Array([1, 0, 0, 0, 1, 0]));
 * ```
 */
export function identityInit(): Initializer {
  return (shape) => {
    if (shape.length !== 2) {
      throw new ShapeError(
        `Cannot initialise as identity as a weight must have two axes: found ${formatShape(shape)}`,
      );
    }
    return diagonal(shape[0]!, shape[1]!);
  };
}

/**
 * A kernel that starts by passing its input channels on: the identity at its centre tap, zeros elsewhere.
 *
 * Output channels beyond the input's are zero; initialise them otherwise if all shall learn different
 * things.
 *
 * @returns An initialiser for kernels `[height, width, in, out]`.
 * @throws {ShapeError} If the shape has not four axes.
 *
 * Source: Zagoruyko and Komodakis, DiracNets, 2017, §3.
 *
 * @example
 * ```ts
 * import { diracInit } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = diracInit()([3, 1, 1, 2], random(0));
 * assertEquals(kernel, new Float64Array([0, 0, 1, 0, 0, 0]));
 * ```
 */
export function diracInit(): Initializer {
  return (shape) => {
    if (shape.length !== 4) {
      throw new ShapeError(
        `Cannot initialise as dirac as a kernel must have four axes: found ${formatShape(shape)}`,
      );
    }
    const [height, width, inputs, outputs] = shape as [number, number, number, number];
    const values = new Float64Array(sizeOf(shape));
    const centre = Math.floor(height / 2) * width + Math.floor(width / 2);
    values.set(diagonal(inputs, outputs), centre * inputs * outputs);
    return values;
  };
}

function diagonal(rows: number, columns: number): Float64Array {
  const values = new Float64Array(rows * columns);
  for (let i = 0; i < Math.min(rows, columns); i++) values[i * columns + i] = 1;
  return values;
}
