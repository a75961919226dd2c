import { type Shape, Tensor } from "@gradus/tensor";
import type { Initializer } from "./initializers/initializer.ts";
import type { InitContext, Parameter } from "./layer.ts";

/**
 * A trainable parameter with its initial value and a gradient of zeros.
 *
 * @param name `weight`, `bias`, `scale` or `shift`.
 * @param shape Its lengths.
 * @param options Where it lives, and how it starts.
 * @returns A parameter, owned by the layer that made it.
 * @throws {ShapeError} If the initialiser has no values for this shape.
 *
 * @example
 * ```ts
 * import { constantInit, createParameter } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const bias = createParameter("bias", [2], {
 *   backend: reference(),
 *   random: random(0),
 *   init: constantInit(0.1),
 * });
 * assertEquals(await bias.value.data(), new Float32Array([0.1, 0.1]));
 * ```
 */
export function createParameter(
  name: string,
  shape: Shape,
  options: InitContext & { readonly init: Initializer },
): Parameter {
  const { backend, random, init } = options;
  const value = new Tensor(backend, shape, { purpose: `a parameter, ${name}` });
  value.set(init(shape, random));
  const gradient = new Tensor(backend, shape, { purpose: `the gradient of ${name}` });
  return { name, value, gradient, trainable: true };
}
