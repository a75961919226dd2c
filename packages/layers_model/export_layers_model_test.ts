import {
  Arctan,
  BatchNorm,
  Conv2d,
  Dense,
  Elu,
  type Layer,
  MaxPool2d,
  Relu,
  Residual,
  Sequential,
} from "@gradus/layers";
import { random } from "@gradus/random";
import type { Shape } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { exportLayersModel } from "./export_layers_model.ts";

function start(layers: readonly Layer[], inputShape: Shape): Sequential {
  const model = new Sequential(layers);
  model.init(inputShape, { backend: reference(), random: random(0) });
  return model;
}

describe("exportLayersModel()", () => {
  it("writes a sequence as Keras has it, and weights as little-endian float32", async () => {
    const model = start([new Dense(2), new Relu()], [1]);
    model.parameters[0]!.value.set([1, -2]);
    model.parameters[1]!.value.set([0.5, 0]);
    model.parameters[0]!.trainable = false;
    model.parameters[1]!.trainable = false;
    const files = await exportLayersModel({ model });
    assertEquals(JSON.parse(files.get("model.json") as string), {
      format: "layers-model",
      generatedBy: "@gradus/layers-model",
      convertedBy: null,
      modelTopology: {
        class_name: "Sequential",
        config: {
          name: "sequential",
          layers: [
            {
              class_name: "Dense",
              config: {
                ...{ name: "dense_0", trainable: false, dtype: "float32" },
                ...{ units: 2, activation: "linear", use_bias: true },
                batch_input_shape: [null, 1],
              },
            },
            {
              class_name: "Activation",
              config: {
                ...{ name: "activation_1", trainable: true, dtype: "float32" },
                activation: "relu",
              },
            },
          ],
        },
        ...{ keras_version: "tfjs-layers 4.22.0", backend: "tensor_flow.js" },
      },
      weightsManifest: [{
        paths: ["group1-shard1of1.bin"],
        weights: [
          { name: "dense_0/kernel", shape: [1, 2], dtype: "float32" },
          { name: "dense_0/bias", shape: [2], dtype: "float32" },
        ],
      }],
    });
    assertEquals(
      files.get("group1-shard1of1.bin"),
      new Uint8Array([0, 0, 128, 63, 0, 0, 0, 192, 0, 0, 0, 63, 0, 0, 0, 0]),
    );
  });

  it("writes sums as a graph whose layers name their inputs", async () => {
    const model = start([new Residual([new Relu()]), new Dense(1)], [3]);
    const files = await exportLayersModel({ model });
    const { class_name, config } = JSON.parse(files.get("model.json") as string).modelTopology;
    assertEquals(class_name, "Model");
    assertEquals(
      config.layers.map(({ name, class_name, inbound_nodes }: Record<string, unknown>) => [
        name,
        class_name,
        inbound_nodes,
      ]),
      [
        ["input", "InputLayer", []],
        ["activation_0_branch_0", "Activation", [[["input", 0, 0, {}]]]],
        ["add_0", "Add", [[["activation_0_branch_0", 0, 0, {}], ["input", 0, 0, {}]]]],
        ["dense_1", "Dense", [[["add_0", 0, 0, {}]]]],
      ],
    );
    assertEquals([config.input_layers, config.output_layers], [
      [["input", 0, 0]],
      [["dense_1", 0, 0]],
    ]);
  });

  it("cuts weights into files of 4 MiB", async () => {
    const files = await exportLayersModel({ model: start([new Dense(1200)], [1000]) });
    const sizes = [...files].map(([name, { length }]) => [name, length]).slice(1);
    assertEquals(sizes, [
      ["group1-shard1of2.bin", 4 * 2 ** 20],
      ["group1-shard2of2.bin", 4 * (1000 * 1200 + 1200) - 4 * 2 ** 20],
    ]);
  });

  it("leaves out a frozen scale of ones", async () => {
    const model = start([new BatchNorm({ scale: "frozen", momentum: 0.1 })], [2]);
    const files = await exportLayersModel({ model });
    const json = JSON.parse(files.get("model.json") as string);
    const { scale, momentum } = json.modelTopology.config.layers[0].config;
    assertEquals([scale, momentum], [false, 0.9]);
    assertEquals(json.weightsManifest[0].weights.map(({ name }: { name: string }) => name), [
      "batchnormalization_0/beta",
      "batchnormalization_0/moving_mean",
      "batchnormalization_0/moving_variance",
    ]);
  });

  it("gives the numbers of the moment of its call", async () => {
    const model = start([new Dense(2)], [3]);
    const before = await exportLayersModel({ model });
    const writing = exportLayersModel({ model });
    for (const { value } of model.parameters) value.set(new Float32Array(value.size));
    assertEquals(await writing, before);
  });

  it("refuses what tfjs does not have, naming all of it", async () => {
    const model = start([
      new Conv2d(4, { kernel: 1, groups: 2 }),
      new Residual([
        new Conv2d(4, { kernel: 3, stride: 1, dilation: 2, padding: "same" }),
        new Arctan(),
      ]),
      new Conv2d(4, { kernel: 1, stride: 2, dilation: 2 }),
      new MaxPool2d(2, { padding: 1 }),
      new Elu({ alpha: 0.5 }),
      new BatchNorm({ scale: "frozen" }),
    ], [6, 6, 4]);
    model.layers[5]!.parameters[0]!.value.set([1, 1, 1, 2]);
    const error = await assertRejects(() => exportLayersModel({ model }), TypeError);
    assertEquals(
      error.message,
      "Cannot write a LayersModel as tfjs must have each layer: found conv2d with 2 groups of 4 channels at 0, " +
        "arctan at 1.branch.1, conv2d with both stride and dilation at 2, a pool with a padding of 1 at 3, " +
        "elu with an alpha of 0.5 at 4, batchNorm with a frozen scale that is not 1 at 5",
    );
  });

  it("refuses a model before init()", async () => {
    const model = new Sequential([new Relu()]);
    const error = await assertRejects(() => exportLayersModel({ model }), Error);
    assertEquals(
      error.message,
      "Cannot write a LayersModel as the model must be initialised: call init first",
    );
  });
});
