import {
  AveragePool2d,
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Elu,
  Flatten,
  Gelu,
  GlobalAveragePool2d,
  GlobalMaxPool2d,
  type Layer,
  LayerNorm,
  LeakyRelu,
  Linear,
  MaxPool2d,
  Relu,
  Residual,
  Scale,
  Sequential,
  Sigmoid,
  Silu,
  Softmax,
  Softplus,
  Tanh,
} from "@gradus/layers";
import { exportLayersModel, importLayersModel, shardNames } from "@gradus/layers-model";
import { random } from "@gradus/random";
import { type Shape, softmax, tensor } from "@gradus/tensor";
import { cpu } from "@gradus/tensor/cpu";
import { reference } from "@gradus/tensor/reference";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { assertEquals } from "@std/assert";
import { beforeAll, describe, it } from "@std/testing/bdd";
import { assertClose } from "../assert_close.ts";
import { trainedNetworks } from "./networks.ts";
import type { Numbers } from "./numbers.ts";

/** What programs in float32 may differ by: the requirement on probabilities. */
const TOLERANCE = 1e-5;

/** Where nothing is: files go by way of a function. */
const HOST = "http://models.test";

/** What `tf.loadLayersModel` makes of files, as it would fetch them from a server. */
async function load(files: ReadonlyMap<string, Uint8Array | string>): Promise<tfl.LayersModel> {
  const fetchFunc = (url: string | URL | Request) => {
    const contents = files.get(`${url}`.slice(HOST.length + 1));
    const status = contents === undefined ? 404 : 200;
    return Promise.resolve(new Response(contents as BodyInit, { status }));
  };
  return await tfl.loadLayersModel(tf.io.http(`${HOST}/model.json`, { fetchFunc }));
}

/** The files that `LayersModel.save` sends to a server. */
async function save(model: tfl.LayersModel): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const fetchFunc = async (_: unknown, init?: RequestInit) => {
    for (const [name, file] of init!.body as FormData) {
      files.set(name, new Uint8Array(await (file as File).arrayBuffer()));
    }
    return new Response();
  };
  await model.save(tf.io.http(HOST, { fetchFunc }));
  return files;
}

async function ourProbabilities(model: Sequential, x: Numbers) {
  const { backend } = model.parameters[0]!.value;
  const input = tensor(backend, Float32Array.from(x.data), { shape: x.shape });
  return await softmax(model.predict(input)).data();
}

async function theirProbabilities(model: tfl.LayersModel, { shape, data }: Numbers) {
  const x = tf.tensor(Float32Array.from(data), [...shape]);
  return await tf.softmax(model.predict(x) as tf.Tensor).data();
}

/** Inputs at random. */
function drawn(inputShape: Shape): Numbers {
  const stream = random(2);
  const shape = [3, ...inputShape];
  const size = shape.reduce((product, length) => product * length);
  return { shape, data: Array.from({ length: size }, () => stream.normal()) };
}

/** A model with weights and statistics at random, none of them a special one. */
function start(layers: readonly Layer[], inputShape: Shape): Sequential {
  const stream = random(1);
  const model = new Sequential(layers);
  model.init(inputShape, { backend: reference(), random: stream });
  for (const { value } of model.parameters) {
    value.set(Float32Array.from({ length: value.size }, () => stream.normal(0.1, 0.5)));
  }
  for (const { value } of model.state) {
    if (typeof value === "number") continue;
    value.set(Float32Array.from({ length: value.size }, () => stream.uniform(0.5, 2)));
  }
  return model;
}

const convolution = (filters: number) => new Conv2d(filters, { kernel: 3, padding: "same" });

/** Every kind of layer that Keras has. */
const LAYERS: Record<string, readonly Layer[]> = {
  images: [
    new Conv2d(8, { kernel: [3, 2], padding: "same", stride: 2 }),
    new BatchNorm({ momentum: 0.4 }),
    new Gelu(),
    new Conv2d(16, { kernel: 3, padding: 1, groups: 8, bias: false }),
    new Elu(),
    new MaxPool2d(3, { stride: 2, padding: "same" }),
    new Conv2d(6, { kernel: 2, padding: 2, dilation: 2 }),
    new LeakyRelu({ alpha: 0.2 }),
    new AveragePool2d(2, { stride: 1, padding: "same" }),
    new LayerNorm(),
    new Softmax(),
    new Scale(3),
    new Flatten(),
    new Silu(),
    new Dense(9),
    new Tanh(),
    new Softplus(),
    new BatchNorm({ scale: "trainable" }),
    new Dropout(0.3),
    new Sigmoid(),
    new Linear(),
    new Dense(4, { bias: false }),
  ],
  residuals: [
    new Residual([convolution(3), new Relu()]),
    new Residual([new Residual([convolution(3), new BatchNorm()]), convolution(5)], {
      shortcut: new Conv2d(5, { kernel: 1 }),
    }),
    new Sequential([new Residual(new Scale(0.5)), new Relu()]),
    new GlobalAveragePool2d(),
    new Dense(4),
  ],
  pooled: [convolution(4), new GlobalMaxPool2d()],
};

describe("LayersModels of tfjs", () => {
  beforeAll(async () => {
    tf.enableProdMode(); // without its advice to install other packages
    await tf.setBackend("cpu");
  });

  it("tfjs loads the networks of the apps, and what it saves comes back", async () => {
    const backend = await cpu({ threads: 1 });
    for (const { model, test: { x } } of await trainedNetworks(backend)) {
      // tfjs's loops take a minute for all rows.
      const rows = 16;
      const shape = [rows, ...x.shape.slice(1)];
      const data = [...x.data.subarray(0, x.data.length / x.shape[0]! * rows)];
      const theirs = await load(await exportLayersModel({ model }));
      const expected = await theirProbabilities(theirs, { shape, data });
      assertClose(await ourProbabilities(model, { shape, data }), expected, TOLERANCE);

      // With other weights than ours, so that they are seen to come back.
      for (const weight of theirs.weights) weight.write(tf.mul(weight.read(), 1.25));
      const changed = await theirProbabilities(theirs, { shape, data });
      const back = importLayersModel(await save(theirs), { backend });
      assertEquals(back.inputShape, model.inputShape);
      assertClose(await ourProbabilities(back, { shape, data }), changed, TOLERANCE);
    }
    await backend.close();
  });

  for (const [name, layers] of Object.entries(LAYERS)) {
    it(`tfjs loads each kind of layer, and saves it for us: ${name}`, async () => {
      const inputShape = [8, 7, 3];
      const model = start(layers, inputShape);
      const x = drawn(inputShape);
      const ours = await ourProbabilities(model, x);
      const files = await exportLayersModel({ model });
      assertClose(await theirProbabilities(await load(files), x), ours, TOLERANCE);
      for (const way of [files, await save(await load(files))]) {
        const back = importLayersModel(way, { backend: reference() });
        assertEquals(await ourProbabilities(back, x), ours);
      }
    });
  }

  it("tfjs's own settings and activations inside of layers are understood", async () => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.inputLayer({ inputShape: [9, 8, 2] }),
        tfl.layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, activation: "relu" }),
        tfl.layers.batchNormalization({ scale: false }),
        tfl.layers.reLU(),
        tfl.layers.zeroPadding2d({ padding: 2 }),
        tfl.layers.conv2d({ filters: 3, kernelSize: 2, activation: "elu" }),
        tfl.layers.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2, activation: "swish" }),
        tfl.layers.averagePooling2d({ poolSize: 2 }),
        tfl.layers.layerNormalization(),
        tfl.layers.flatten(),
        tfl.layers.dense({ units: 6, activation: "tanh", kernelRegularizer: "l1l2" }),
        tfl.layers.dropout({ rate: 0.25 }),
        tfl.layers.rescaling({ scale: 0.5 }),
        tfl.layers.dense({ units: 3, activation: "softmax", trainable: false }),
        tfl.layers.softmax(),
      ],
    });
    const files = await save(model);
    assertEquals(shardNames(files.get("model.json")!), ["model.weights.bin"]);
    const ours = importLayersModel(files, { backend: reference() });
    const x = drawn([9, 8, 2]);
    assertClose(await ourProbabilities(ours, x), await theirProbabilities(model, x), TOLERANCE);
    assertEquals(
      ours.parameters.filter(({ trainable }) => !trainable).map(({ name }) => name),
      ["2.scale", "15.weight", "15.bias"],
    );
  });

  it("a functional model with sums of sums is understood", async () => {
    const input = tfl.input({ shape: [6] });
    const apply = (layer: tfl.layers.Layer, ...to: tfl.SymbolicTensor[]) =>
      layer.apply(to.length === 1 ? to[0]! : to) as tfl.SymbolicTensor;
    const dense = (units: number) => tfl.layers.dense({ units, activation: "sigmoid" });
    const a = apply(dense(6), input);
    const b = apply(dense(6), apply(dense(4), a));
    const c = apply(tfl.layers.add(), a, b);
    const d = apply(tfl.layers.add(), apply(dense(6), c), input);
    const output = apply(tfl.layers.dense({ units: 3 }), d);
    const model = tfl.model({ inputs: input, outputs: output });
    const ours = importLayersModel(await save(model), { backend: reference() });
    const x = drawn([6]);
    assertClose(await ourProbabilities(ours, x), await theirProbabilities(model, x), TOLERANCE);
    assertEquals(ours.layers.map((layer) => layer.constructor.name), ["Residual", "Dense"]);
  });
});
