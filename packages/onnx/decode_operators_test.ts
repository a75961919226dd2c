import type { Conv2dRecord } from "@gradus/layers";
import type { Shape } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { float, int, ints } from "./_graph_builder.ts";
import { type GraphFile, graphFile, node } from "./_graph_file_test.ts";
import { decodeOnnx } from "./decode_onnx.ts";
import type { OnnxAttribute, OnnxTensor } from "./onnx_model.ts";

const backend = reference();
const text = (value: string): OnnxAttribute => ({ type: "string", value });
const scalar = (value: number) => ({ dims: [], data: Float32Array.of(value) });
const integers = (...data: number[]): Partial<OnnxTensor> => ({
  ...{ dtype: "int64", dims: [data.length], data },
});

/** The records of the layers that are found in a file. */
function layersOf(file: GraphFile): readonly unknown[] {
  return decodeOnnx(graphFile(file), { backend }).model.toJSON().layers;
}

/** The layers in which one node is read. */
function layersOfNode(
  line: string,
  options: Omit<GraphFile, "nodes"> & { readonly attributes?: Record<string, OnnxAttribute> },
): readonly unknown[] {
  const { attributes, ...rest } = options;
  return layersOf({ ...rest, nodes: [node(line, attributes)] });
}

async function parametersOf(file: GraphFile): Promise<number[][]> {
  const { model } = decodeOnnx(graphFile(file), { backend });
  return await Promise.all(model.parameters.map(async ({ value }) => [...await value.data()]));
}

describe("decodeOnnx() of functions", () => {
  it("reads those without settings", () => {
    const types = {
      Atan: "arctan",
      Gelu: "gelu",
      Relu: "relu",
      Sigmoid: "sigmoid",
      Softplus: "softplus",
      Tanh: "tanh",
    };
    for (const [operator, type] of Object.entries(types)) {
      assertEquals(layersOfNode(`y = ${operator} x`, { input: [2], opset: 20 }), [{ type }]);
    }
  });

  it("reads settings to the digits that the file keeps", () => {
    const file = { input: [2], attributes: { alpha: float(0.1) } };
    assertEquals(layersOfNode("y = Elu x", file), [{ type: "elu", alpha: 0.1 }]);
    assertEquals(layersOfNode("y = LeakyRelu x", file), [{ type: "leakyRelu", alpha: 0.1 }]);
    assertEquals(layersOfNode("y = Elu x", { input: [2] }), [{ type: "elu", alpha: 1 }]);
    assertEquals(layersOfNode("y = LeakyRelu x", { input: [2] }), [
      { type: "leakyRelu", alpha: 0.01 },
    ]);
    const third = layersOfNode("y = Elu x", { input: [2], attributes: { alpha: float(1 / 3) } });
    assertEquals(third, [{ type: "elu", alpha: Math.fround(1 / 3) }]);
  });

  it("reads softmax over the last axis, by its place or from behind, of all versions", () => {
    const softmax = [{ type: "softmax" }];
    assertEquals(layersOfNode("y = Softmax x", { input: [3] }), softmax);
    assertEquals(layersOfNode("y = Softmax x", { input: [3], opset: 11 }), softmax);
    const attributes = { axis: int(2) };
    assertEquals(layersOfNode("y = Softmax x", { input: [2, 3], attributes }), softmax);
    const last = { axis: int(2) };
    assertEquals(
      layersOfNode("y = Softmax x", { input: [2, 3], attributes: last, opset: 11 }),
      softmax,
    );
  });

  it("reads softmax over the channels of an image", () => {
    const pool = node("a = MaxPool x", { kernel_shape: ints([2, 2]), strides: ints([2, 2]) });
    const nodes = [pool, node("y = Softmax a", { axis: int(1) })];
    assertEquals(layersOf({ input: [2, 4, 4], nodes }).at(-1), { type: "softmax" });
  });

  it("reads dropout, whose rate became an input", () => {
    const old = { input: [2], opset: 10, attributes: { ratio: float(0.3) } };
    assertEquals(layersOfNode("y = Dropout x", old), [{ type: "dropout", rate: 0.3 }]);
    const now = { input: [2], constants: { ratio: scalar(0.3) } };
    assertEquals(layersOfNode("y = Dropout x ratio", now), [{ type: "dropout", rate: 0.3 }]);
    assertEquals(layersOfNode("y = Dropout x", { input: [2] }), [{ type: "dropout", rate: 0.5 }]);
  });
});

describe("decodeOnnx() of arithmetic", () => {
  it("reads a product or a quotient by a constant as a scale", () => {
    const file = { input: [2], constants: { c: scalar(0.1) } };
    assertEquals(layersOfNode("y = Mul x c", file), [{ type: "scale", factor: 0.1 }]);
    assertEquals(layersOfNode("y = Mul c x", file), [{ type: "scale", factor: 0.1 }]);
    assertEquals(layersOfNode("y = Div x c", file), [{ type: "scale", factor: 1 / 0.1 }]);
    assertEquals(layersOfNode("y = Mul x c", { input: [2], constants: { c: scalar(1) } }), [
      { type: "linear" },
    ]);
  });

  it("reads SiLU in either order, scaled or not", () => {
    for (const product of ["y = Mul x s", "y = Mul s x"]) {
      assertEquals(layersOf({ input: [2], nodes: ["s = Sigmoid x", product] }), [{ type: "silu" }]);
    }
    assertEquals(
      layersOf({
        input: [2],
        constants: { c: scalar(3) },
        nodes: ["s = Sigmoid x", "p = Mul x s", "y = Mul c p"],
      }),
      [{ type: "silu" }, { type: "scale", factor: 3 }],
    );
  });

  it("reads GELU in any order of its factors", () => {
    const constants = {
      root: scalar(Math.SQRT2),
      inverse: scalar(Math.SQRT1_2),
      one: scalar(1),
      half: scalar(0.5),
    };
    const gates = [["q = Div x root", "e = Erf q"], ["q = Mul inverse x", "e = Erf q"]];
    const sums = ["g = Add e one", "g = Add one e"];
    const products = [
      ["p = Mul x g", "y = Mul p half"],
      ["p = Mul g x", "y = Mul half p"],
      ["p = Mul x half", "y = Mul p g"],
      ["p = Mul g half", "y = Mul x p"],
    ];
    for (const gate of gates) {
      for (const sum of sums) {
        for (const product of products) {
          const nodes = [...gate, sum, ...product];
          assertEquals(layersOf({ input: [2], constants, nodes }), [{ type: "gelu" }], `${nodes}`);
        }
      }
    }
    const nodes = [...gates[0]!, sums[0]!, "y = Mul x g"];
    assertEquals(layersOf({ input: [2], constants, nodes }), [
      { type: "gelu" },
      { type: "scale", factor: 2 },
    ]);
  });

  it("reads the sum of two ways as a residual layer", () => {
    const branch = (...layers: unknown[]) => ({ type: "sequential", layers });
    const [relu, tanh, sigmoid] = ["relu", "tanh", "sigmoid"].map((type) => ({ type }));
    assertEquals(layersOf({ input: [2], nodes: ["a = Relu x", "b = Tanh a", "y = Add x b"] }), [
      { type: "residual", branch: branch(relu, tanh), shortcut: null },
    ]);
    assertEquals(layersOf({ input: [2], nodes: ["a = Relu x", "b = Tanh x", "y = Add b a"] }), [
      { type: "residual", branch: branch(tanh), shortcut: branch(relu) },
    ]);
    assertEquals(layersOf({ input: [2], nodes: ["y = Add x x"] }), [
      { type: "residual", branch: branch({ type: "linear" }), shortcut: null },
    ]);
    assertEquals(
      layersOf({
        input: [2],
        nodes: ["a = Relu x", "b = Tanh a", "c = Add b a", "d = Sigmoid c", "y = Add d x"],
      }),
      [{
        type: "residual",
        branch: branch(
          relu,
          { type: "residual", branch: branch(tanh), shortcut: null },
          sigmoid,
        ),
        shortcut: null,
      }],
    );
  });
});

describe("decodeOnnx() of dense layers", () => {
  const dense = [{ type: "dense", units: 2, bias: true }] as const;
  const input = [3];
  const constants = { w: [3, 2], b: [2] };
  const numbers = [[1, 2, 3, 4, 5, 6], [1, 2]];

  it("reads a product with its bias", async () => {
    const file = { input, constants, nodes: ["y = Gemm x w b"] };
    assertEquals(layersOf(file), dense);
    assertEquals(await parametersOf(file), numbers);
  });

  it("reads a weight that is transposed", async () => {
    const nodes = [node("y = Gemm x w b", { transB: int(1) })];
    const file = { input, constants: { w: [2, 3], b: [2] }, nodes };
    assertEquals(await parametersOf(file), [[1, 4, 2, 5, 3, 6], [1, 2]]);
  });

  it("reads a product, and a bias that is added to it", async () => {
    const file = { input, constants, nodes: ["p = MatMul x w", "y = Add b p"] };
    assertEquals(layersOf(file), dense);
    assertEquals(await parametersOf(file), numbers);
    assertEquals(layersOf({ input, constants: { w: [3, 2] }, nodes: ["y = MatMul x w"] }), [
      { ...dense[0], bias: false },
    ]);
  });

  it("puts rows and features behind a flattened image in the order of Gradus", async () => {
    // An image of 2 channels and 1 × 3 pixels: as 1 2 3 in the first channel, 4 5 6 in the second.
    const pool = node("p = MaxPool x", { kernel_shape: ints([1, 1]) });
    const file = {
      input: [2, 1, 3],
      constants: { w: [6, 1], scale: [6], shift: [6], mean: [6], variance: [6] },
      nodes: [
        pool,
        "f = Flatten p",
        "n = BatchNormalization f scale shift mean variance",
        "l = LayerNormalization n scale shift",
        "y = Gemm l w",
      ],
    };
    const reordered = [1, 4, 2, 5, 3, 6];
    assertEquals(await parametersOf(file), Array(5).fill(reordered));
    const { model } = decodeOnnx(graphFile(file), { backend });
    const [mean] = model.state.map(({ value }) => value);
    assertEquals(typeof mean !== "number" && [...await mean!.data()], reordered);
  });
});

describe("decodeOnnx() of images", () => {
  const image = [2, 7, 8];
  const kernel = { kernel_shape: ints([3, 2]) };
  const conv = {
    ...{ type: "conv2d", filters: 1, kernel: [3, 2], stride: [1, 1], padding: "valid" },
    ...{ dilation: [1, 1], groups: 1, bias: false },
  } as const;
  const constants = { w: [1, 2, 3, 2], b: [1] };

  it("reads a convolution with what it does by itself", () => {
    assertEquals(layersOfNode("y = Conv x w", { input: image, constants: { w: [1, 2, 3, 2] } }), [
      conv,
    ]);
    assertEquals(layersOfNode("y = Conv x w b", { input: image, constants, attributes: kernel }), [
      { ...conv, bias: true },
    ]);
  });

  it("reads padding, in numbers or by name", () => {
    const file = { input: image, constants: { w: [1, 2, 3, 2] } };
    const padding = (attributes: Record<string, OnnxAttribute>) =>
      (layersOfNode("y = Conv x w", { ...file, attributes })[0] as Conv2dRecord).padding;
    assertEquals(padding({ pads: ints([0, 0, 0, 0]) }), "valid");
    assertEquals(padding({ pads: ints([2, 2, 2, 2]) }), 2);
    assertEquals(padding({ pads: ints([1, 0, 1, 1]) }), "same");
    assertEquals(padding({ auto_pad: text("VALID"), pads: ints([2, 2, 2, 2]) }), "valid");
    assertEquals(padding({ auto_pad: text("SAME_UPPER") }), "same");
    assertEquals(padding({ auto_pad: text("NOTSET") }), "valid");
  });

  it("reads pooling, and windows that end where the image does", () => {
    const attributes = { ...kernel, strides: ints([2, 3]) };
    const pool = { window: [3, 2], stride: [2, 3], padding: "valid" };
    for (const ceil of [0, 1]) {
      const file = { input: image, attributes: { ...attributes, ceil_mode: int(ceil) } };
      assertEquals(layersOfNode("y = MaxPool x", file), [{ type: "maxPool2d", ...pool }]);
      assertEquals(layersOfNode("y = AveragePool x", file), [{ type: "averagePool2d", ...pool }]);
    }
    const counted = { ...attributes, count_include_pad: int(1) };
    assertEquals(layersOfNode("y = AveragePool x", { input: image, attributes: counted }), [
      { type: "averagePool2d", ...pool },
    ]);
  });

  it("reads pooling of whole images, by its own operators or by reductions", () => {
    const average = [{ type: "globalAveragePool2d" }];
    const output = [2, 1, 1];
    assertEquals(layersOfNode("y = GlobalAveragePool x", { input: image, output }), average);
    assertEquals(layersOfNode("y = GlobalMaxPool x", { input: image, output }), [
      { type: "globalMaxPool2d" },
    ]);
    const attributes = { axes: ints([-1, -2]), keepdims: int(0) };
    assertEquals(
      layersOfNode("y = ReduceMean x", { input: image, output: [2], attributes }),
      average,
    );
    assertEquals(
      layersOfNode("y = ReduceMax x axes", {
        ...{ input: image, output, opset: 18 },
        constants: { axes: integers(2, 3) },
      }),
      [{ type: "globalMaxPool2d" }],
    );
  });

  it("flattens what is left of a pooled image once", () => {
    const nodes = ["p = GlobalAveragePool x", "f = Flatten p", "y = Softmax f"];
    assertEquals(layersOf({ input: image, output: [2], nodes }), [
      { type: "globalAveragePool2d" },
      { type: "softmax" },
    ]);
  });

  it("reads batch norm, with what it does by itself", () => {
    const numbers = { scale: [2], shift: [2], mean: [2], variance: [2] };
    const line = "y = BatchNormalization x scale shift mean variance";
    const norm = { type: "batchNorm", epsilon: 1e-5, momentum: 0.1, scale: "trainable" };
    assertEquals(layersOfNode(line, { input: image, constants: numbers }), [norm]);
    const attributes = { epsilon: float(1e-3), momentum: float(0.7), training_mode: int(0) };
    assertEquals(layersOfNode(line, { input: [2], constants: numbers, attributes }), [
      { ...norm, epsilon: 1e-3, momentum: 0.3 },
    ]);
  });

  it("reads layer norm without a shift as one of zeros", async () => {
    const file = {
      input: [2],
      constants: { scale: [2] },
      nodes: ["y = LayerNormalization x scale"],
    };
    assertEquals(await parametersOf(file), [[1, 2], [0, 0]]);
  });
});

describe("decodeOnnx() of what moves numbers", () => {
  const sequence = (...types: string[]) => types.map((type) => ({ type }));

  it("takes an input as the file has it, unless it is channels first", () => {
    const shapeOf = (file: GraphFile): [Shape, boolean] => {
      const { model, isInputTransposed } = decodeOnnx(graphFile(file), { backend });
      return [model.inputShape, isInputTransposed];
    };
    const pool = node("y = MaxPool r", { kernel_shape: ints([1, 1]) });
    const input = [2, 3, 4];
    assertEquals(shapeOf({ input, nodes: ["y = Flatten x"] }), [[2, 3, 4], false]);
    assertEquals(shapeOf({ input, nodes: ["r = Relu x", pool] }), [[3, 4, 2], true]);
    const transpose = node("r = Transpose x", { perm: ints([0, 3, 1, 2]) });
    assertEquals(shapeOf({ input, nodes: [transpose, pool] }), [[2, 3, 4], false]);
  });

  it("tells that images come out channels first, unless they are transposed back", () => {
    const pool = node("p = MaxPool x", { kernel_shape: ints([1, 1]) });
    const isTransposed = (last: GraphFile["nodes"][0], output: Shape) =>
      decodeOnnx(graphFile({ input: [2, 3, 4], output, nodes: [pool, last] }), { backend })
        .isOutputTransposed;
    assertEquals(isTransposed("y = Relu p", [2, 3, 4]), true);
    const back = node("y = Transpose p", { perm: ints([0, 2, 3, 1]) });
    assertEquals(isTransposed(back, [3, 4, 2]), false);
  });

  it("reads a reshape to rows, whatever stands for the batch", () => {
    for (const shape of [[-1, 24], [0, 24], [0, -1], [5, 24], [5, -1]]) {
      assertEquals(
        layersOfNode("y = Reshape x shape", {
          ...{ input: [2, 3, 4], output: [24], batch: 5 },
          constants: { shape: integers(...shape) },
        }),
        sequence("flatten"),
      );
    }
  });

  it("reads a reshape in which 0 would be a length, and is none", () => {
    const constants = { shape: integers(-1, 6) };
    const attributes = { allowzero: int(1) };
    const file = { input: [2, 3], constants, attributes };
    assertEquals(layersOfNode("y = Reshape x shape", file), sequence("flatten"));
  });

  it("reads what does nothing", () => {
    const constants = { zeros: integers(0, 0, 0, 0) };
    assertEquals(layersOfNode("y = Pad x zeros", { input: [2], constants }), sequence("linear"));
    const attributes = { pads: ints([0, 0, 0, 0]), mode: text("constant") };
    assertEquals(
      layersOfNode("y = Pad x", { input: [2], opset: 10, attributes }),
      sequence("linear"),
    );
    assertEquals(layersOfNode("y = Identity x", { input: [2] }), sequence("linear"));
    assertEquals(layersOf({ input: [2], nodes: ["y = Flatten x"] }), sequence("linear"));
  });

  it("reads constants that nodes make, and other names for them", () => {
    const scales = (name: string, attribute: OnnxAttribute) =>
      layersOf({
        input: [2],
        nodes: [node("c = Constant", { [name]: attribute }), "d = Identity c", "y = Mul x d"],
      });
    const expected = [{ type: "scale", factor: 3 } as const];
    assertEquals(scales("value_float", float(3)), expected);
    const value = { name: "", dtype: "float", isExternal: false, ...scalar(3) } as const;
    assertEquals(scales("value", { type: "tensor", value }), expected);
  });

  it("reads lists that nodes make", async () => {
    const shape = node("s = Constant", { value_ints: ints([-1, 6]) });
    assertEquals(
      layersOf({ input: [2, 3], nodes: [shape, "y = Reshape x s"] }),
      sequence("flatten"),
    );
    const bias = node("b = Constant", { value_floats: { type: "floats", value: [7, 8] } });
    const file = { input: [1], constants: { w: [1, 2] }, nodes: [bias, "y = Gemm x w b"] };
    assertEquals(await parametersOf(file), [[1, 2], [7, 8]]);
  });

  it("ignores constants that nobody takes", () => {
    const nodes = [node("c = Constant", { value_int: int(1) }), "y = Relu x"];
    assertEquals(layersOf({ input: [2], constants: { w: [9] }, nodes }), sequence("relu"));
  });
});
