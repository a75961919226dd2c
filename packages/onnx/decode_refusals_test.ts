import { reference } from "@gradus/tensor/reference";
import { assertThrowsExactly } from "@gradus/testing";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { float, int, ints } from "./_graph_builder.ts";
import { type GraphFile, graphFile, node } from "./_graph_file_test.ts";
import { parseOnnx } from "./parse_onnx.ts";
import { writeModel } from "./_write_model.ts";
import { decodeOnnx } from "./decode_onnx.ts";
import type { OnnxAttribute, OnnxTensor } from "./onnx_model.ts";
import { UnsupportedOnnxError } from "./unsupported_onnx_error.ts";

const backend = reference();
const text = (value: string): OnnxAttribute => ({ type: "string", value });
const scalar = (value: number) => ({ dims: [], data: Float32Array.of(value) });
const integers = (...data: number[]): Partial<OnnxTensor> => ({
  ...{ dtype: "int64", dims: [data.length], data },
});

type Case = readonly [what: string, file: GraphFile, message: string];

function refuses(cases: readonly Case[], errorClass: new (message: string) => Error): void {
  for (const [what, file, message] of cases) {
    it(`refuses ${what}`, () => {
      assertThrowsExactly(
        () => decodeOnnx(graphFile(file), { backend, name: "m.onnx" }),
        errorClass,
        `Cannot decode ${message}`,
      );
    });
  }
}

describe("decodeOnnx() of a file that contradicts itself", () => {
  const norm = "y = BatchNormalization x scale shift mean variance";
  refuses([
    [
      "a value that nothing makes",
      { input: [2], nodes: ["y = Gemm x w"] },
      'Gemm at node 0 of m.onnx as what goes into it must be made before it: found "w", which is not',
    ],
    [
      "a cycle",
      { input: [2], nodes: ["a = Add x b", "b = Relu a", "y = Tanh b"] },
      'Add at node 0 of m.onnx as what goes into it must be made before it: found "b", which is not',
    ],
    [
      "an output that nothing makes",
      { input: [2], nodes: [] },
      'm.onnx as its output must be made: found "y"',
    ],
    [
      "a name for two values",
      { input: [2], nodes: ["a = Relu x", "a = Tanh a", "y = Relu a"] },
      'Tanh at node 1 of m.onnx as what it makes must have a name of its own: found "a"',
    ],
    [
      "a name of a constant for a value",
      { input: [2], constants: { y: [2] }, nodes: ["y = Relu x"] },
      'Relu at node 0 of m.onnx as what it makes must have a name of its own: found "y"',
    ],
    [
      "an input that is missing",
      { input: [2], nodes: [node("y = Gemm x", {}, { name: "last" })] },
      'Gemm at node 0 "last" of m.onnx as it must have an input 1: found none',
    ],
    [
      "an attribute of another type",
      { input: [2], nodes: [node("y = Elu x", { alpha: int(1) })] },
      "Elu at node 0 of m.onnx as its attribute alpha must be of type float: found int",
    ],
    [
      "a weight of other rows",
      { input: [2], constants: { w: [3, 2] }, nodes: ["y = MatMul x w"] },
      "MatMul at node 0 of m.onnx as its weight must have 2 rows: found 3",
    ],
    [
      "a bias of another length",
      { input: [2], constants: { w: [2, 3], b: [2] }, nodes: ["y = Gemm x w b"] },
      "Gemm at node 0 of m.onnx as its weights must have 6, 3 numbers for inputs [2]: found 6, 2",
    ],
    [
      "a kernel of other channels",
      { input: [2, 4, 4], constants: { w: [1, 3, 2, 2] }, nodes: ["y = Conv x w"] },
      "Conv at node 0 of m.onnx as its weights must have 8 numbers for inputs [4, 4, 2]: found 12",
    ],
    [
      "a kernel of another size than it says",
      {
        ...{ input: [2, 4, 4], constants: { w: [1, 2, 2, 2] } },
        nodes: [node("y = Conv x w", { kernel_shape: ints([3, 3]) })],
      },
      "Conv at node 0 of m.onnx as its kernel_shape must be that of its weight, 2,2: found 3,3",
    ],
    [
      "statistics of another length",
      {
        input: [2],
        constants: { scale: [2], shift: [2], mean: [2], variance: [3] },
        nodes: [norm],
      },
      "BatchNormalization at node 0 of m.onnx as its weights must have 2, 2, 2, 2 numbers for inputs [2]: found 2, 2, 2, 3",
    ],
    [
      "pooling without a size",
      { input: [2, 4, 4], nodes: ["y = MaxPool x"] },
      "MaxPool at node 0 of m.onnx as it must have kernel_shape: found none",
    ],
    [
      "an output of another shape than it says",
      { input: [2], output: [3], nodes: ["y = Relu x"] },
      "m.onnx as its output must be [batch, 2]: found [batch, 3]",
    ],
    [
      "an output of another rank than it says",
      { input: [2], output: [2, 1], nodes: ["y = Relu x"] },
      "m.onnx as its output must be [batch, 2]: found [batch, 2, 1]",
    ],
  ], SyntaxError);
});

describe("decodeOnnx() of a file that has what no layer does", () => {
  const image = [2, 4, 4];
  const pool = (attributes: Record<string, OnnxAttribute>, operator = "MaxPool") =>
    node(`y = ${operator} x`, { kernel_shape: ints([2, 2]), ...attributes });

  refuses([
    [
      "operators, all of them",
      {
        input: [2],
        nodes: [
          "a = LSTM x",
          "b = Relu a",
          "c = __proto__ b",
          "d = LSTM c",
          node("y = Gelu d", {}, { domain: "com.microsoft" }),
        ],
      },
      "m.onnx as each operator must be one that layers have: found LSTM, __proto__, com.microsoft.Gelu",
    ],
    [
      "an old version",
      { input: [2], opset: 8, nodes: ["y = Relu x"] },
      "m.onnx as its operators must be of a version from 9 to 23: found 8",
    ],
    [
      "a version that is not known",
      { input: [2], opset: 24, nodes: ["y = Relu x"] },
      "m.onnx as its operators must be of a version from 9 to 23: found 24",
    ],
    [
      "a node that leads nowhere",
      { input: [2], nodes: ["a = Relu x", "y = Tanh x"] },
      'm.onnx as each node must lead to the output: found "a"',
    ],
    [
      "an input of open lengths",
      { input: [-1, 4], nodes: ["y = Relu x"] },
      "m.onnx as its input must be a batch of a known shape: found [batch, -1, 4]",
    ],
    [
      "an input of huge lengths",
      { input: [2 ** 40, 2 ** 40], nodes: ["y = Relu x"] },
      "m.onnx as its input must be a batch of a known shape: found [batch, 1099511627776, 1099511627776]",
    ],
    [
      "a layer that is part of two",
      { input: [2], nodes: ["a = Relu x", "b = Add a x", "c = Tanh a", "y = Add b c"] },
      "Add at node 3 of m.onnx as its inputs must be two ways from one value, " +
      "with layers of their own and not too many in each other: found other ones",
    ],
    [
      "a layer that is taken apart",
      {
        ...{ input: [2], constants: { w: [2, 2], b: [2] } },
        nodes: ["p = MatMul x w", "q = Add p b", "r = Tanh p", "s = Add q r", "y = Relu s"],
      },
      "Add at node 3 of m.onnx as its inputs must be two ways from one value, " +
      "with layers of their own and not too many in each other: found other ones",
    ],
    [
      "a sum of two shapes",
      { input: [2], constants: { w: [2, 1] }, nodes: ["a = MatMul x w", "y = Add a x"] },
      "Add at node 1 of m.onnx as its inputs must have one shape: found two",
    ],
    [
      "a constant that is no bias",
      { input: [2], constants: { b: [2] }, nodes: ["y = Add x b"] },
      "Add at node 0 of m.onnx as a constant must be the bias of a dense layer: found another",
    ],
    [
      "a product that is neither SiLU nor GELU",
      { input: [2], nodes: ["a = Tanh x", "y = Mul x a"] },
      "Mul at node 1 of m.onnx as a product of values must be SiLU or GELU: found another",
    ],
    [
      "a product of three",
      { input: [2], nodes: ["s = Sigmoid x", "p = Mul x s", "y = Mul p x"] },
      "Mul at node 2 of m.onnx as it must have two values as factors at most: found more",
    ],
    [
      "a quotient by a value",
      { input: [2], nodes: ["a = Relu x", "y = Div x a"] },
      "Div at node 1 of m.onnx as it must divide what a layer makes by a constant: found another",
    ],
    [
      "a product of constants",
      {
        input: [2],
        constants: { a: scalar(1), b: scalar(2) },
        nodes: ["c = Mul a b", "y = Mul x c"],
      },
      "Mul at node 0 of m.onnx as one of its inputs must be what a layer makes: found none",
    ],
    [
      "a scale that is not one number",
      { input: [2], constants: { c: [2] }, nodes: ["y = Mul x c"] },
      "Mul at node 0 of m.onnx as its input 1 must have 0 axes: found [2]",
    ],
    [
      "a scale that is not finite",
      { input: [2], constants: { c: scalar(0) }, nodes: ["y = Div x c"] },
      "Div at node 0 of m.onnx as a layer must take its input and settings: " +
      "found Cannot make scale as the factor must be finite: found Infinity",
    ],
    [
      "erf outside of GELU",
      { input: [2], nodes: ["y = Erf x"] },
      "Erf at node 0 of m.onnx as it must be of a value divided by √2, as in GELU: found another",
    ],
    [
      "a part of GELU as the output",
      { input: [2], constants: { c: scalar(Math.SQRT2) }, nodes: ["a = Div x c", "y = Erf a"] },
      'm.onnx as its output must be what a layer makes: found "y"',
    ],
    [
      "a part of GELU where a layer is asked for",
      {
        ...{ input: [2], constants: { c: scalar(Math.SQRT2) } },
        nodes: ["a = Div x c", "b = Erf a", "y = Relu b"],
      },
      "Relu at node 2 of m.onnx as its input 0 must be what a layer makes: found a part of a function that is none here",
    ],
    [
      "another number than 1 behind erf",
      {
        ...{ input: [2], constants: { c: scalar(Math.SQRT2), two: scalar(2) } },
        nodes: ["a = Div x c", "b = Erf a", "g = Add b two", "y = Mul x g"],
      },
      "Add at node 2 of m.onnx as what is added to erf must be 1, as in GELU: found 2",
    ],
    [
      "GELU by an approximation",
      { input: [2], opset: 20, nodes: [node("y = Gelu x", { approximate: text("tanh") })] },
      "Gelu at node 0 of m.onnx as it must be by the error function: found approximate tanh",
    ],
    [
      "softmax over another axis",
      { input: [2, 3], nodes: [node("y = Softmax x", { axis: int(1) })] },
      "Softmax at node 0 of m.onnx as it must be over the channels or features: found axis 1",
    ],
    [
      "softmax over several axes",
      { input: [2, 3], opset: 11, nodes: ["y = Softmax x"] },
      "Softmax at node 0 of m.onnx as it must be over the channels or features: found axis 1",
    ],
    [
      "dropout that can train",
      { input: [2], constants: { r: scalar(0.5), t: scalar(1) }, nodes: ["y = Dropout x r t"] },
      "Dropout at node 0 of m.onnx as it must be in inference: found that it can be told to train",
    ],
    [
      "a second output",
      { input: [2], nodes: ["y mask = Dropout x"] },
      'Dropout at node 0 of m.onnx as it must have one output: found "y", "mask"',
    ],
    [
      "an input too many",
      { input: [2], nodes: ["y = Relu x x"] },
      'Relu at node 0 of m.onnx as it must have no further input: found "x"',
    ],
    [
      "an attribute that is not known",
      { input: [2], nodes: [node("y = Relu x", { __proto__x: int(1), max: float(6) })] },
      'Relu at node 0 of m.onnx as it must have no further attribute: found "__proto__x"',
    ],
    [
      "a product of a transposed input",
      {
        input: [2],
        constants: { w: [2, 2] },
        nodes: [node("y = Gemm x w", { transA: int(1), alpha: float(2) })],
      },
      "Gemm at node 0 of m.onnx as it must have alpha 1, beta 1 and transA 0: found alpha 2, beta 1, transA 1",
    ],
    [
      "a product of images",
      { input: image, constants: { w: [4, 2] }, nodes: ["y = MatMul x w"] },
      "MatMul at node 0 of m.onnx as its input must have one axis beside the batch: found 3",
    ],
    [
      "a product of two values",
      { input: [2], nodes: ["a = Relu x", "y = MatMul x a"] },
      "MatMul at node 1 of m.onnx as its input 1 must be a constant: found what a layer makes",
    ],
    [
      "weights in another file",
      {
        ...{ input: [2], constants: { w: { dims: [2, 2], data: null, isExternal: true } } },
        nodes: ["y = MatMul x w"],
      },
      "MatMul at node 0 of m.onnx as its input 1 must be in this file: found that it is in another",
    ],
    [
      "weights of another type",
      {
        input: [2],
        constants: { w: { dims: [2, 2], dtype: "float16", data: null } },
        nodes: ["y = MatMul x w"],
      },
      "MatMul at node 0 of m.onnx as its input 1 must be float: found float16",
    ],
    [
      "weights of no numbers",
      { input: [2], constants: { w: [2, 0] }, nodes: ["y = MatMul x w"] },
      "MatMul at node 0 of m.onnx as its input 1 must have 2 axes: found [2, 0]",
    ],
    [
      "a convolution of one axis",
      { input: [2, 4], constants: { w: [1, 2, 3] }, nodes: ["y = Conv x w"] },
      "Conv at node 0 of m.onnx as its input must be images, channels first: found another",
    ],
    [
      "a kernel that does not fit",
      { input: image, constants: { w: [1, 2, 5, 5] }, nodes: ["y = Conv x w"] },
      "Conv at node 0 of m.onnx as a layer must take its input and settings: found " +
      "Cannot initialise conv2d as the kernel with its holes must fit into the padded input: found [5, 5] and [4, 4]",
    ],
    [
      "no groups",
      {
        input: image,
        constants: { w: [1, 2, 1, 1] },
        nodes: [node("y = Conv x w", { group: int(0) })],
      },
      "Conv at node 0 of m.onnx as a layer must take its input and settings: found " +
      "Cannot make conv2d as groups must be a whole number of at least 1: found 0",
    ],
    [
      "huge padding",
      { input: image, nodes: [pool({ pads: ints([1, 1, 1, 1].map((pad) => pad * 2 ** 52)) })] },
      "MaxPool at node 0 of m.onnx as a layer must take its input and settings: found " +
      "Cannot make max pool as padding must be less than the window: found 4503599627370496 and [2,2]",
    ],
    [
      "an output of huge lengths",
      {
        ...{ input: image, constants: { w: [1, 2, 1, 1] } },
        nodes: [node("y = Conv x w", { pads: ints([1, 1, 1, 1].map((pad) => pad * 2 ** 40)) })],
      },
      "Conv at node 0 of m.onnx as its output must have less than 2^53 numbers: found [4, 4, 2]",
    ],
    [
      "pads of their own",
      { input: image, nodes: [pool({ pads: ints([0, 1, 0, 0]) })] },
      "MaxPool at node 0 of m.onnx as its pads must be one number, or those of the same size: found 0, 1, 0, 0",
    ],
    [
      "pads of one axis",
      { input: image, nodes: [pool({ pads: ints([1, 1]) })] },
      "MaxPool at node 0 of m.onnx as its pads must be four numbers: found 2",
    ],
    [
      "strides of three axes",
      { input: image, nodes: [pool({ strides: ints([1, 1, 1]) })] },
      "MaxPool at node 0 of m.onnx as its strides must be two numbers: found 3",
    ],
    [
      "padding at the lower end",
      { input: image, nodes: [pool({ auto_pad: text("SAME_LOWER") })] },
      "MaxPool at node 0 of m.onnx as its auto_pad must be NOTSET, VALID or SAME_UPPER: found SAME_LOWER",
    ],
    [
      "windows over the end",
      { input: [2, 5, 4], nodes: [pool({ strides: ints([2, 2]), ceil_mode: int(1) })] },
      "MaxPool at node 0 of m.onnx as its windows must end within the padding: found ceil_mode, 1,0 left over",
    ],
    [
      "windows with holes",
      { input: image, nodes: [pool({ dilations: ints([2, 2]) })] },
      "MaxPool at node 0 of m.onnx as its windows must have no holes: found dilations 2,2",
    ],
    [
      "means that count padding",
      {
        input: image,
        nodes: [pool({ pads: ints([1, 1, 1, 1]), count_include_pad: int(1) }, "AveragePool")],
      },
      "AveragePool at node 0 of m.onnx as its windows must not count padding: found count_include_pad",
    ],
    [
      "a mean over other axes",
      { input: image, nodes: [node("y = ReduceMean x", { axes: ints([1]) })] },
      "ReduceMean at node 0 of m.onnx as it must be over rows and columns, axes 2 and 3: found 1",
    ],
    [
      "batch norm in training",
      {
        ...{ input: [2], constants: { a: [2] } },
        nodes: [node("y = BatchNormalization x a a a a", { training_mode: int(1) })],
      },
      "BatchNormalization at node 0 of m.onnx as it must be in inference: found training_mode",
    ],
    [
      "batch norm of rows behind channels last",
      {
        ...{ input: [2, 3], constants: { a: [2] } },
        nodes: [node("b = LayerNormalization x c"), node("y = BatchNormalization b a a a a")],
        ...{ constants: { a: [2], c: [3] } },
      },
      "BatchNormalization at node 1 of m.onnx as its input must be rows, or channels first: found channels last",
    ],
    [
      "layer norm over several axes",
      {
        input: [2, 3],
        constants: { a: [3] },
        nodes: [node("y = LayerNormalization x a", { axis: int(1) })],
      },
      "LayerNormalization at node 0 of m.onnx as it must be over the last axis, of features: found axis 1",
    ],
    [
      "layer norm in another type",
      {
        input: [2],
        constants: { a: [2] },
        nodes: [node("y = LayerNormalization x a", { stash_type: int(16) })],
      },
      "LayerNormalization at node 0 of m.onnx as it must be computed in float: found another type",
    ],
    [
      "a flattened batch",
      { input: [2], nodes: [node("y = Flatten x", { axis: int(0) })] },
      "Flatten at node 0 of m.onnx as it must keep the batch and nothing else, axis 1: found axis 0",
    ],
    [
      "another shape than rows",
      { input: [2, 3], constants: { s: integers(-1, 3, 2) }, nodes: ["y = Reshape x s"] },
      "Reshape at node 0 of m.onnx as it must make one row of each input, [batch, 6]: found [-1, 3, 2]",
    ],
    [
      "rows of another length",
      { input: [2, 3], constants: { s: integers(-1, 3) }, nodes: ["y = Reshape x s"] },
      "Reshape at node 0 of m.onnx as it must make one row of each input, [batch, 6]: found [-1, 3]",
    ],
    [
      "no rows",
      {
        ...{ input: [2, 3], constants: { s: integers(0, 6) } },
        nodes: [node("y = Reshape x s", { allowzero: int(1) })],
      },
      "Reshape at node 0 of m.onnx as it must make one row of each input, [batch, 6]: found [0, 6]",
    ],
    [
      "a shape that is no integers",
      { input: [2, 3], constants: { s: [2] }, nodes: ["y = Reshape x s"] },
      "Reshape at node 0 of m.onnx as its input 1 must be integers: found float",
    ],
    [
      "another transposition",
      { input: image, nodes: [node("y = Transpose x", { perm: ints([0, 1, 3, 2]) })] },
      "Transpose at node 0 of m.onnx as it must put channels first that are last, or last that are first: found perm 0, 1, 3, 2",
    ],
    [
      "padding",
      { input: [2], constants: { p: integers(0, 1, 0, 0) }, nodes: ["y = Pad x p"] },
      "Pad at node 0 of m.onnx as it must pad by 0: found 0, 1, 0, 0",
    ],
    [
      "a constant of text",
      { input: [2], nodes: [node("c = Constant", { value_string: text("a") }), "y = Mul x c"] },
      "Constant at node 0 of m.onnx as it must be of numbers: found none",
    ],
    [
      "a flattened image as the output",
      {
        input: image,
        nodes: [node("p = MaxPool x", { kernel_shape: ints([1, 1]) }), "y = Flatten p"],
      },
      "m.onnx as its output must not be a flattened image: found [4, 4, 2], channels first",
    ],
  ], UnsupportedOnnxError);

  it("refuses another number of inputs or outputs, or an input of another type", () => {
    const model = parseOnnx(graphFile({ input: [2], nodes: ["y = Relu x"] }));
    const { graph } = model;
    const [x] = graph.inputs;
    const more = [...graph.inputs, { ...x!, name: "z" }];
    const cases = [
      [{ inputs: [] }, "it must have one input: found none"],
      [{ inputs: more }, "it must have one input: found more"],
      [{ outputs: [] }, 'each node must lead to the output: found "y"'],
      [{ outputs: [...graph.outputs, ...graph.outputs] }, "it must have one output: found more"],
      [{ inputs: [{ ...x!, dtype: "double" }] }, "its input must be of float: found double"],
      [
        { inputs: [{ ...x!, shape: null }] },
        "its input must be a batch of a known shape: found none",
      ],
      [{ inputs: [{ ...x!, shape: [] }] }, "its input must be a batch of a known shape: found []"],
      [
        { inputs: [{ ...x!, shape: ["batch", null] }] },
        "its input must be a batch of a known shape: found [batch, ?]",
      ],
    ] as const;
    for (const [change, message] of cases) {
      assertThrowsExactly(
        () => decodeOnnx(writeModel({ ...model, graph: { ...graph, ...change } }), { backend }),
        UnsupportedOnnxError,
        `Cannot decode a file of ONNX as ${message}`,
      );
    }
  });

  it("lists the operators that are in the way", () => {
    const bytes = graphFile({ input: [2], nodes: ["a = LSTM x", "y = Resize a"] });
    const error = assertThrows(() => decodeOnnx(bytes, { backend }), UnsupportedOnnxError);
    assertEquals(error.operators, ["LSTM", "Resize"]);
  });

  it("refuses residual layers that are too deep in each other", () => {
    const nodes = (depth: number) => [
      ...Array.from({ length: depth }, (_, i) => `r${i} = Relu ${i === 0 ? "x" : `r${i - 1}`}`),
      ...Array.from({ length: depth }, (_, i) => {
        const from = depth - 1 - i;
        const output = i === depth - 1 ? "y" : `a${i}`;
        return `${output} = Add ${i === 0 ? `r${depth - 1}` : `a${i - 1}`} ${
          from === 0 ? "x" : `r${from - 1}`
        }`;
      }),
    ];
    decodeOnnx(graphFile({ input: [1], nodes: nodes(31) }), { backend });
    assertThrows(
      () => decodeOnnx(graphFile({ input: [1], nodes: nodes(32) }), { backend }),
      UnsupportedOnnxError,
      "not too many in each other",
    );
  });
});
