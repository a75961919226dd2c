import type { Layer } from "@gradus/layers";
import type { Tensor } from "@gradus/tensor";

/** A tensor under a name. */
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
