/** What follows a weight, as far as its initial spread is concerned. */
export type GainOf = "linear" | "sigmoid" | "tanh" | "relu";

/**
 * The factor that keeps the variance of activations as they pass a nonlinearity: √2 for relu, which
 * drops half of its inputs, 5/3 for tanh, else 1.
 *
 * @param activation What follows the weight.
 * @returns The gain.
 * @throws {RangeError} If the activation is none of the four.
 *
 * @example
 * ```ts
 * import { gainOf } from "@gradus/layers";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(gainOf("relu"), Math.SQRT2);
 * ```
 */
export function gainOf(activation: GainOf): number {
  switch (activation) {
    case "relu":
      return Math.SQRT2;
    case "tanh":
      return 5 / 3;
    case "linear":
    case "sigmoid":
      return 1;
    default:
      throw new RangeError(
        `Cannot tell the gain as what follows must be linear, sigmoid, tanh or relu: found ${activation}`,
      );
  }
}
