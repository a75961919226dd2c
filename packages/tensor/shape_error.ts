/**
 * A shape, a rank or a dtype that does not fit what is asked of it.
 *
 * @example
 * ```ts
 * import { reference } from "@gradus/tensor/reference";
 * import { matmul, ShapeError, zeros } from "@gradus/tensor";
 * import { assertThrows } from "@std/assert";
 *
 * const backend = reference();
 * const a = zeros(backend, [32, 784]);
 * const b = zeros(backend, [785, 10]);
 * assertThrows(() => matmul(a, b), ShapeError, "inner lengths must be equal: found 784 and 785");
 * ```
 */
export class ShapeError extends TypeError {
  /** Always `"ShapeError"`. */
  override readonly name = "ShapeError";
}
