import type { Layer } from "@gradus/layers";

/** The spread of one parameter's numbers. */
export interface ParameterStatistics {
  /** The parameter's name. */
  readonly name: string;
  /** Smallest number. */
  readonly minimum: number;
  /** Largest number. */
  readonly maximum: number;
  /** L2 norm, `√Σ w²`. */
  readonly norm: number;
}

/**
 * Minimum, maximum and L2 norm of each parameter: what tells weights that explode or die.
 *
 * @param model A model, initialised.
 * @returns One record a parameter, in the model's order.
 *
 * @example
 * ```ts
 * import { constantInit, Dense } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { parameterStatistics } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const model = new Dense(4, { bias: false, weightInit: constantInit(2) });
 * model.init([1], { backend: reference(), random: random(0) });
 * assertEquals(await parameterStatistics(model), [
 *   { name: "weight", minimum: 2, maximum: 2, norm: 4 },
 * ]);
 * ```
 */
export async function parameterStatistics(model: Layer): Promise<ParameterStatistics[]> {
  return await Promise.all(model.parameters.map(async ({ name, value }) => {
    let [minimum, maximum, squares] = [Infinity, -Infinity, 0];
    for (const number of await value.data()) {
      minimum = Math.min(minimum, number);
      maximum = Math.max(maximum, number);
      squares += number * number;
    }
    return { name, minimum, maximum, norm: Math.sqrt(squares) };
  }));
}
