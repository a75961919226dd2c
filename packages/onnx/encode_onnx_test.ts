import {
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Flatten,
  GlobalAveragePool2d,
  type Layer,
  LayerNorm,
  Linear,
  MaxPool2d,
  Relu,
  Residual,
  Sequential,
  Softmax,
} from "@gradus/layers";
import { random } from "@gradus/random";
import type { Shape, Tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeOnnx } from "./encode_onnx.ts";
import type { OnnxGraph } from "./onnx_model.ts";
import { parseOnnx } from "./parse_onnx.ts";

function start(layers: readonly Layer[], inputShape: Shape): Sequential {
  const model = new Sequential(layers);
  model.init(inputShape, { backend: reference(), random: random(0) });
  return model;
}

async function graphOf(layers: readonly Layer[], inputShape: Shape): Promise<OnnxGraph> {
  return parseOnnx(await encodeOnnx(start(layers, inputShape))).graph;
}

/** Each node on a line. */
function lines({ nodes }: OnnxGraph): string[] {
  return nodes.map(({ operator, inputs, outputs }) =>
    `${outputs.join(" ")} = ${operator} ${inputs.join(" ")}`
  );
}

/** A layer of the user's own, without a record. */
class Double implements Layer {
  readonly parameters = [];
  readonly state = [];
  init = (inputShape: Shape) => inputShape;
  forward = (x: Tensor) => x;
  backward = () => null;
}

describe("encodeOnnx()", () => {
  it("names producer, versions, input and output", async () => {
    const { graph, metadata, ...model } = parseOnnx(
      await encodeOnnx(start([new Dense(2, { bias: false })], [3])),
    );
    assertEquals(model, {
      irVersion: 8,
      opsets: new Map([["", 17]]),
      producer: "Gradus",
      producerVersion: "0.1.0",
    });
    assertEquals([...metadata], [[
      "gradus.model",
      '{"type":"sequential","layers":[{"type":"dense","units":2,"bias":false}]}',
    ]]);
    assertEquals(graph.inputs, [{ name: "input", dtype: "float", shape: ["batch", 3] }]);
    assertEquals(graph.outputs, [{ name: "output", dtype: "float", shape: ["batch", 2] }]);
  });

  it("transposes images once, where they come in", async () => {
    const graph = await graphOf([
      new Conv2d(4, { kernel: 3, padding: "same", bias: false }),
      new BatchNorm(),
      new Relu(),
      new Residual([new Conv2d(4, { kernel: 1 }), new Sequential([new BatchNorm()])]),
      new MaxPool2d(2),
      new Flatten(),
      new Dropout(0.5),
      new Dense(3),
    ], [6, 4, 2]);
    assertEquals(lines(graph), [
      "input.channelsFirst = Transpose input",
      "0 = Conv input.channelsFirst 0.weight",
      "1 = BatchNormalization 0 1.scale 1.shift 1.runningMean 1.runningVariance",
      "2 = Relu 1",
      "3.branch.0 = Conv 2 3.branch.0.weight 3.branch.0.bias",
      "3.branch.1.0 = BatchNormalization 3.branch.0 3.branch.1.0.scale 3.branch.1.0.shift 3.branch.1.0.runningMean 3.branch.1.0.runningVariance",
      "3 = Add 3.branch.1.0 2",
      "4 = MaxPool 3",
      "4.flat = Flatten 4",
      "output = Gemm 4.flat 7.weight 7.bias",
    ]);
    assertEquals(
      Object.fromEntries([...graph.nodes[1]!.attributes].map(([key, { value }]) => [key, value])),
      {
        dilations: [1, 1],
        group: 1,
        kernel_shape: [3, 3],
        pads: [1, 1, 1, 1],
        strides: [1, 1],
      },
    );
  });

  it("puts weights in the order of channels first", async () => {
    const model = start([
      new Conv2d(2, { kernel: [1, 2], bias: false }),
      new Flatten(),
      new Dense(1),
    ], [
      1,
      3,
      2,
    ]);
    const [kernel, dense] = model.parameters;
    kernel!.value.set([...Array(8).keys()]); // [column, channel, filter]
    dense!.value.set([...Array(4).keys()]); // [column, channel]
    const { initializers } = parseOnnx(await encodeOnnx(model)).graph;
    const kernelThere = initializers.get("0.weight")!;
    assertEquals(kernelThere.dims, [2, 2, 1, 2]); // filter, channel, row, column
    assertEquals([...kernelThere.data!], [0, 4, 2, 6, 1, 5, 3, 7]);
    const denseThere = initializers.get("2.weight")!;
    assertEquals(denseThere.dims, [4, 1]);
    assertEquals([...denseThere.data!], [0, 2, 1, 3]);
  });

  it("transposes back where a layer needs channels last, and once for two that do", async () => {
    assertEquals(
      lines(
        await graphOf([
          new Conv2d(2, { kernel: 1, bias: false }),
          new Residual(new LayerNorm(), { shortcut: [new LayerNorm()] }),
          new Flatten(),
          new LayerNorm(),
        ], [2, 2, 1]),
      ),
      [
        "input.channelsFirst = Transpose input",
        "0 = Conv input.channelsFirst 0.weight",
        "0.channelsLast = Transpose 0",
        "1.branch = LayerNormalization 0.channelsLast 1.branch.scale 1.branch.shift",
        "1.shortcut.0 = LayerNormalization 0.channelsLast 1.shortcut.0.scale 1.shortcut.0.shift",
        "1 = Add 1.branch 1.shortcut.0",
        "1.flat = Flatten 1",
        "output = LayerNormalization 1.flat 3.scale 3.shift",
      ],
    );
  });

  it("adds values that lie in different orders", async () => {
    const images = [new Residual(new LayerNorm(), { shortcut: new Conv2d(2, { kernel: 1 }) })];
    assertEquals(lines(await graphOf(images, [3, 3, 2])).slice(2), [
      "0.shortcut = Conv input.channelsFirst 0.shortcut.weight 0.shortcut.bias",
      "0.branch.channelsFirst = Transpose 0.branch",
      "0 = Add 0.branch.channelsFirst 0.shortcut",
      "output = Transpose 0",
    ]);
    const rows = [new Residual([new MaxPool2d(1), new Flatten()], { shortcut: new Flatten() })];
    assertEquals(lines(await graphOf(rows, [3, 3, 2])).slice(2), [
      "input.flat = Flatten input",
      "0.branch.0.channelsLast = Transpose 0.branch.0",
      "0.branch.0.channelsLast.flat = Flatten 0.branch.0.channelsLast",
      "output = Add 0.branch.0.channelsLast.flat input.flat",
    ]);
  });

  it("makes rows of pooled images", async () => {
    assertEquals(lines(await graphOf([new GlobalAveragePool2d()], [3, 3, 2])), [
      "input.channelsFirst = Transpose input",
      "0 = GlobalAveragePool input.channelsFirst",
      "output = Flatten 0",
    ]);
  });

  it("leaves out what changes nothing in inference, and has a node in any case", async () => {
    assertEquals(lines(await graphOf([new Linear(), new Dropout(0.5)], [3])), [
      "output = Identity input",
    ]);
  });

  it("ends in softmax on request, which decides on the classes alone", async () => {
    const model = start([new Dense(2), new Relu()], [3]);
    const { graph } = parseOnnx(await encodeOnnx(model, { softmax: true }));
    assertEquals(lines(graph).at(-1), "output = Softmax 1");
    assertEquals(graph.nodes.at(-1)!.attributes.get("axis"), { type: "int", value: -1 });
    const already = start([new Dense(2), new Sequential([new Softmax()])], [3]);
    await assertRejects(
      () => encodeOnnx(already, { softmax: true }),
      TypeError,
      "Cannot encode a model with softmax as it must not end in one: found one",
    );
  });

  it("gives the same bytes for the same model, of any precision", async () => {
    const float64 = new Sequential([new Dense(2)]);
    float64.init([3], { backend: reference({ dtype: "float64" }), random: random(0) });
    assertEquals(await encodeOnnx(float64), await encodeOnnx(start([new Dense(2)], [3])));
  });

  it("reads all numbers at the moment of the call", async () => {
    const model = start([new Dense(2)], [3]);
    const before = await encodeOnnx(model);
    const promise = encodeOnnx(model);
    model.parameters[0]!.value.set([1, 2, 3, 4, 5, 6]);
    assertEquals(await promise, before);
  });

  it("refuses a model that is not initialised", async () => {
    const error = await assertRejects(() => encodeOnnx(new Sequential([new Relu()])), Error);
    assertEquals(
      error.message,
      "Cannot encode a model as it must be initialised: call init first",
    );
  });

  it("names all layers that are not of the package", async () => {
    const model = start([
      new Double(),
      new Residual([new Relu(), new Double()], { shortcut: new Double() }),
    ], [3]);
    const error = await assertRejects(() => encodeOnnx(model), TypeError);
    assertEquals(
      error.message,
      "Cannot encode a model as all its layers must be of @gradus/layers: " +
        "found Double at 0, Double at 1.branch.1, Double at 1.shortcut",
    );
  });
});
