import { broadcastShapes } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { assertFloat, backendOf, type OutOption, output, shapeOf } from "./_output.ts";

/**
 * Chooses number by number, `condition ≠ 0 ? a : b`, broadcast as in NumPy.
 *
 * @param condition A tensor of any shape, such as a comparison's result; NaN counts as not zero.
 * @param choices What to take where the condition holds (`a`) and where not (`b`), and where the
 * result goes.
 * @returns A tensor of the common shape of all three.
 * @throws {ShapeError} If the shapes do not broadcast, `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { greater, tensor, where } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [3, -2]);
 * const y = where(greater(x, 0), { a: x, b: 0 });
 * assertEquals(await y.data(), new Float32Array([3, 0]));
 * ```
 */
export function where(
  condition: Tensor,
  choices: OutOption & { readonly a: Tensor | number; readonly b: Tensor | number },
): Tensor {
  const { a, b, out } = choices;
  const backend = backendOf("choose", [condition, a, b]);
  for (const x of [condition, a, b]) if (typeof x !== "number") assertFloat("choose", x);
  const shape = broadcastShapes(condition.shape, broadcastShapes(shapeOf(a), shapeOf(b)));
  const result = output(backend, out, { verb: "choose", shape, elementwise: [condition, a, b] });
  backend.where(condition, a, b, result);
  return result;
}
