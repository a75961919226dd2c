import { random } from "@gradus/random";
import { full, type Nested, type NumericArray, tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import type { Layer } from "./layer.ts";

/** Output, and input gradient for an output gradient of ones or as given, of a new layer in float64. */
export async function runLayer(
  layer: Layer,
  input: Nested,
  gradient?: Nested,
): Promise<{ readonly y: NumericArray; readonly dx: NumericArray }> {
  const backend = reference({ dtype: "float64" });
  const x = tensor(backend, input);
  layer.init(x.shape.slice(1), { backend, random: random(0) });
  const y = layer.forward(x);
  const dy = gradient === undefined
    ? full(backend, y.shape, { value: 1 })
    : tensor(backend, gradient);
  const dx = layer.backward(dy)!;
  return { y: await y.data(), dx: await dx.data() };
}
