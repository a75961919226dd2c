import { formatShape, ShapeError, sizeOf } from "@gradus/tensor";
import type { Initializer } from "./initializer.ts";

/**
 * Orthonormal columns (rows, where there are more columns), times a gain: `WᵀW = gain² · I`.
 *
 * A kernel is taken as the matrix `[height · width · in, out]`.
 *
 * @param options The gain (default 1).
 * @returns An initialiser for weights of at least two axes.
 * @throws {RangeError} If the gain is not a finite number above 0.
 * @throws {ShapeError} If the shape has fewer than two axes.
 *
 * Source: Saxe, McClelland and Ganguli, Exact solutions to the nonlinear dynamics of learning, ICLR 2014.
 *
 * @example
 * ```ts
 * import { orthogonalInit } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [a, b, c, d] = orthogonalInit()([2, 2], random(0));
 * assertAlmostEquals(a! * b! + c! * d!, 0, 1e-12);
 * assertAlmostEquals(a! ** 2 + c! ** 2, 1, 1e-12);
 * ```
 */
export function orthogonalInit(options: { readonly gain?: number } = {}): Initializer {
  const { gain = 1 } = options;
  if (!(Number.isFinite(gain) && gain > 0)) {
    throw new RangeError(`Cannot initialise with a gain as it must be above 0: found ${gain}`);
  }
  return (shape, random) => {
    if (shape.length < 2) {
      throw new ShapeError(
        `Cannot initialise as orthogonal as a weight must have at least two axes: found ${
          formatShape(shape)
        }`,
      );
    }
    const columns = shape.at(-1)!;
    const rows = sizeOf(shape) / columns;
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const vectors: Float64Array[] = [];
    while (vectors.length < count) {
      const draw = new Float64Array(length).map(() => random.normal());
      vectors.push(orthonormalise(draw, vectors));
    }
    const values = new Float64Array(rows * columns);
    vectors.forEach((vector, i) =>
      vector.forEach((value, j) => {
        values[rows >= columns ? j * columns + i : i * columns + j] = gain * value;
      })
    );
    return values;
  };
}

/** Gram–Schmidt, twice: once leaves the rounding errors of nearly parallel vectors. */
function orthonormalise(vector: Float64Array, others: readonly Float64Array[]): Float64Array {
  for (let pass = 0; pass < 2; pass++) {
    for (const other of others) {
      const overlap = dot(vector, other);
      vector = vector.map((value, i) => value - overlap * other[i]!);
    }
  }
  const norm = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / norm);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
