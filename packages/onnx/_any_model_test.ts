import {
  layerFromJson,
  type LayerRecord,
  layerShapes,
  type Padding2d,
  Sequential,
} from "@gradus/layers";
import { random } from "@gradus/random";
import { type Backend, type Shape, sizeOf, tensor } from "@gradus/tensor";
import { assertEquals } from "@std/assert";
import * as fc from "fast-check";

/** Settings of a model, and the shape of one input. */
export interface AnyModel {
  readonly layers: readonly LayerRecord[];
  readonly inputShape: Shape;
}

const count = (max: number) => fc.integer({ min: 1, max });
const pair = (max: number) => fc.tuple(count(max), count(max));
const padding = fc.constantFrom<Padding2d[]>("valid", "same", 0, 1);
/** Numbers that single precision tells from all shorter ones, as those that people write. */
const setting = fc.integer({ min: 1, max: 99 }).map((value) => value / 100);

/** A layer of any kind, which an input may not fit. */
const { layer } = fc.letrec<{ layer: LayerRecord; branch: LayerRecord }>((tie) => ({
  layer: fc.oneof(
    { maxDepth: 2, depthSize: "small" },
    ...["arctan", "flatten", "gelu", "globalAveragePool2d", "globalMaxPool2d", "linear"].map(
      (type) => fc.constant({ type } as LayerRecord),
    ),
    ...["relu", "sigmoid", "silu", "softmax", "softplus", "tanh"].map((type) =>
      fc.constant({ type } as LayerRecord)
    ),
    fc.record({ type: fc.constant("dense"), units: count(4), bias: fc.boolean() }),
    fc.record({
      type: fc.constant("conv2d"),
      filters: fc.constantFrom(2, 4),
      kernel: pair(3),
      stride: pair(2),
      padding,
      dilation: pair(2),
      groups: count(2),
      bias: fc.boolean(),
    }),
    fc.record({
      type: fc.constantFrom("averagePool2d", "maxPool2d"),
      window: pair(3),
      stride: pair(3),
      padding,
    }),
    fc.record({
      type: fc.constant("batchNorm"),
      epsilon: setting,
      momentum: setting,
      scale: fc.constantFrom("trainable", "frozen"),
    }),
    fc.record({ type: fc.constant("layerNorm"), epsilon: setting }),
    fc.record({ type: fc.constantFrom("elu", "leakyRelu"), alpha: setting }),
    fc.record({ type: fc.constant("scale"), factor: setting }),
    fc.record({ type: fc.constant("dropout"), rate: setting }),
    fc.record({
      type: fc.constant("residual"),
      branch: tie("branch"),
      shortcut: fc.option(tie("branch")),
    }),
    tie("branch"),
  ) as fc.Arbitrary<LayerRecord>,
  branch: fc.record({
    type: fc.constant("sequential"),
    layers: fc.array(tie("layer"), { minLength: 1, maxLength: 3 }),
  }) as fc.Arbitrary<LayerRecord>,
}));

/** Any model: of layers drawn one after another, those that fit. */
export const anyModel: fc.Arbitrary<AnyModel> = fc.record({
  layers: fc.array(layer, { minLength: 1, maxLength: 8 }),
  inputShape: fc.oneof(
    fc.tuple(count(5)),
    fc.tuple(count(4), count(4)),
    fc.tuple(count(6), count(6), count(4)),
  ),
}).map(({ layers, inputShape }) => {
  let shape: Shape = inputShape;
  const fitting = layers.filter((layer) => {
    try {
      shape = layerShapes(layer, shape).output;
      return true;
    } catch {
      return false;
    }
  });
  return { layers: fitting.length > 0 ? fitting : [{ type: "linear" }], inputShape };
});

/** A model with numbers that are not those of the start, running statistics among them. */
export function startModel({ layers, inputShape }: AnyModel, backend: Backend): Sequential {
  const stream = random(0);
  const model = new Sequential(layers.map(layerFromJson));
  model.init(inputShape, { backend, random: stream });
  for (const { value } of model.parameters) {
    value.set(Float32Array.from({ length: value.size }, () => stream.normal()));
  }
  model.forward(inputs(inputShape, backend), "train");
  return model;
}

/** Three inputs of a shape. */
function inputs(shape: Shape, backend: Backend) {
  const stream = random(1);
  const data = Float32Array.from({ length: 3 * sizeOf(shape) }, () => stream.normal());
  return tensor(backend, data, { shape: [3, ...shape] });
}

/** Asserts that two models predict the same, to the bit. */
export async function assertPredictsAs(
  actual: Sequential,
  expected: Sequential,
  backend: Backend,
): Promise<void> {
  const x = inputs(expected.inputShape, backend);
  assertEquals(actual.inputShape, expected.inputShape);
  assertEquals(await actual.predict(x).data(), await expected.predict(x).data());
}
