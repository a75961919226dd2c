import type { Layer, State } from "@gradus/layers";
import type { NamedTensor } from "./named_tensor.ts";

/** All tensors of a model that are saved: parameters, then states. */
export function tensorsOf(model: Layer): NamedTensor[] {
  const tensors: NamedTensor[] = model.parameters.map(({ name, value }) => ({ name, value }));
  for (const { name, value } of model.state) {
    if (typeof value !== "number") tensors.push({ name, value });
  }
  return tensors;
}

/** All numbers of a model that are saved, such as the counter of dropout. */
export function numbersOf(model: Layer): State[] {
  return model.state.filter((state) => typeof state.value === "number");
}

/** The same tensors under longer names. */
export function prefixed(prefix: string, tensors: readonly NamedTensor[]): NamedTensor[] {
  return tensors.map(({ name, value }) => ({ name: `${prefix}.${name}`, value }));
}
