import { formatShape, ShapeError } from "@gradus/tensor";
import type { Initializer } from "./initializer.ts";

/**
 * Each output sees few inputs, one at least: a share of every column is 0, the rest `~ N(0, deviation²)`.
 *
 * @param options `sparsity`, the share of zeros in a column, in `[0, 1)`, rounded up (default 0.9), and `deviation` (default 0.01).
 * @returns An initialiser for weights `[in, out]`.
 * @throws {RangeError} If the sparsity is not in `[0, 1)`, or the deviation not finite and above 0.
 * @throws {ShapeError} If the shape has not two axes.
 *
 * Source: Martens, Deep learning via Hessian-free optimization, ICML 2010, §5.
 *
 * @example
 * ```ts
 * import { sparseInit } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assertEquals } from "@std/assert";
 *
 * const values = sparseInit({ sparsity: 0.75 })([4, 2], random(0));
 * assertEquals(values.filter((value) => value === 0).length, 6);
 * ```
 */
export function sparseInit(
  options: { readonly sparsity?: number; readonly deviation?: number } = {},
): Initializer {
  const { sparsity = 0.9, deviation = 0.01 } = options;
  if (!(sparsity >= 0 && sparsity < 1 && Number.isFinite(deviation) && deviation > 0)) {
    throw new RangeError(
      `Cannot initialise sparsely as sparsity must be in [0, 1) and deviation above 0: found sparsity ${sparsity} and deviation ${deviation}`,
    );
  }
  return (shape, random) => {
    if (shape.length !== 2) {
      throw new ShapeError(
        `Cannot initialise sparsely as a weight must have two axes: found ${formatShape(shape)}`,
      );
    }
    const [inputs, outputs] = shape as [number, number];
    // Of few inputs, the rounded share may be all of them: then the layer could never pass anything on.
    const zeros = Math.min(Math.ceil(sparsity * inputs), inputs - 1);
    const values = new Float64Array(inputs * outputs);
    for (let j = 0; j < outputs; j++) {
      for (const i of random.permutation(inputs).subarray(zeros)) {
        values[i * outputs + j] = random.normal(0, deviation);
      }
    }
    return values;
  };
}
