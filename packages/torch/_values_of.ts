import type { Layer } from "@gradus/layers";
import type { NumericArray, Tensor } from "@gradus/tensor";

/** A tensor under a name of Gradus. */
export interface NamedTensor {
  readonly name: string;
  readonly value: Tensor;
}

/** All tensors of a model that are saved: parameters and states. */
export function tensorsOf(model: Layer): NamedTensor[] {
  const states = model.state.flatMap(({ name, value }) =>
    typeof value === "number" ? [] : [{ name, value }]
  );
  return [...model.parameters, ...states];
}

/** The numbers of tensors by name, as they are when called. */
export async function valuesOf(
  tensors: readonly NamedTensor[],
): Promise<Map<string, NumericArray>> {
  return new Map(
    await Promise.all(tensors.map(async ({ name, value }): Promise<[string, NumericArray]> => [
      name,
      await value.data(),
    ])),
  );
}
