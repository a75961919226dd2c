import { layerFromJson, Sequential } from "@gradus/layers";
import { random } from "@gradus/random";
import { type Backend, sizeOf, tensor } from "@gradus/tensor";
import { type LayerExample, layerExamples } from "./layer_examples.ts";
import type { Numbers } from "./numbers.ts";

/** A small model, and three inputs. */
export interface ExampleModel {
  readonly model: Sequential;
  readonly x: Numbers;
}

/** Models of which each kind of layer is a part, with numbers that are not those of the start. */
export function exampleModels(backend: Backend): ExampleModel[] {
  const stream = random(0);
  const normals = (length: number) => Float32Array.from({ length }, () => stream.normal());
  return Object.values<readonly LayerExample[]>(layerExamples).flat().map((example) => {
    const { layers, inputShape } = example;
    const model = new Sequential(layers.map(layerFromJson));
    model.init(inputShape, { backend, random: stream });
    for (const { value } of model.parameters) value.set(normals(value.size));
    const shape = [3, ...inputShape];
    const data = normals(sizeOf(shape));
    model.forward(tensor(backend, data, { shape }), "train"); // moves running statistics
    return { model, x: { shape, data: [...data] } };
  });
}
