import {
  type AveragePool2dRecord,
  type BatchNormRecord,
  type Conv2dRecord,
  type DenseRecord,
  type LayerNormRecord,
  type LayerRecord,
  layerShapes,
  type MaxPool2dRecord,
  type Padding2d,
  type ResidualRecord,
} from "@gradus/layers";
import { equalShapes, type Shape, sizeOf } from "@gradus/tensor";
import { float, GraphBuilder, type GraphValue, int, ints } from "./_graph_builder.ts";
import { samePads } from "./_same_pads.ts";
import { channelsFirstRows, type Transposition } from "./_transpose.ts";
import type { OnnxAttribute, OnnxGraph } from "./onnx_model.ts";

/** A network as a graph, before its weights are filled in. */
export interface NetworkGraph {
  /** The graph; the numbers of weights are null. */
  readonly graph: OnnxGraph;
  /** By name, the parameters whose axes stand in another order in the graph. */
  readonly transpositions: ReadonlyMap<string, Transposition>;
}

/**
 * The graph of a network in inference: a function of its settings alone, by operators of set 17.
 *
 * Inputs and outputs are as in Gradus, `[batch, height, width, channels]`. A layer that ONNX has for
 * `[batch, channels, height, width]` alone gets its input transposed, and what follows stays so: it is
 * weights that are converted, also those of a dense layer behind a flattened image. So an image is
 * transposed once, where it comes in.
 */
export function networkGraph(record: LayerRecord, inputShape: Shape): NetworkGraph {
  const builder = new GraphBuilder();
  const input = { name: "input", shape: inputShape, image: null };
  const result = builder.channelsLast(append(builder, record, { path: "", x: input }));
  const last = builder.nodes.findLastIndex(({ name }) => name === result.name);
  if (last < 0) builder.add("Identity", "output", [result.name]);
  else builder.nodes[last] = { ...builder.nodes[last]!, outputs: ["output"] };
  return {
    graph: {
      name: "network",
      nodes: builder.nodes,
      initializers: builder.initializers,
      inputs: [{ name: "input", dtype: "float", shape: ["batch", ...inputShape] }],
      outputs: [{ name: "output", dtype: "float", shape: ["batch", ...result.shape] }],
    },
    transpositions: builder.transpositions,
  };
}

/** Where a layer stands in the model, and what goes into it. */
interface Place {
  readonly path: string;
  readonly x: GraphValue;
}

function append(builder: GraphBuilder, record: LayerRecord, place: Place): GraphValue {
  const { path, x } = place;
  switch (record.type) {
    case "sequential":
      return record.layers.reduce(
        (value, layer, i) => append(builder, layer, { path: join(path, `${i}`), x: value }),
        x,
      );
    case "residual":
      return appendResidual(builder, record, place);
    case "dense":
      return appendDense(builder, record, place);
    case "conv2d":
      return appendConv2d(builder, record, place);
    case "averagePool2d":
    case "maxPool2d":
      return appendPool2d(builder, record, place);
    case "globalAveragePool2d":
      return appendGlobalPool2d(builder, "GlobalAveragePool", place);
    case "globalMaxPool2d":
      return appendGlobalPool2d(builder, "GlobalMaxPool", place);
    case "flatten":
      return appendFlatten(builder, place);
    case "batchNorm":
      return appendBatchNorm(builder, record, place);
    case "layerNorm":
      return appendLayerNorm(builder, record, place);
    case "softmax":
      return appendSoftmax(builder, place);
    case "gelu":
      return appendGelu(builder, place);
    case "silu": {
      const sigmoid = builder.add("Sigmoid", `${path}.sigmoid`, [x.name]);
      return { ...x, name: builder.add("Mul", path, [x.name, sigmoid]) };
    }
    case "scale": {
      const factor = builder.constant(`${path}.factor`, record.factor);
      return { ...x, name: builder.add("Mul", path, [x.name, factor]) };
    }
    case "arctan":
      return appendFunction(builder, "Atan", place);
    case "elu":
      return appendFunction(builder, "Elu", place, { alpha: float(record.alpha) });
    case "leakyRelu":
      return appendFunction(builder, "LeakyRelu", place, { alpha: float(record.alpha) });
    case "relu":
      return appendFunction(builder, "Relu", place);
    case "sigmoid":
      return appendFunction(builder, "Sigmoid", place);
    case "softplus":
      return appendFunction(builder, "Softplus", place);
    case "tanh":
      return appendFunction(builder, "Tanh", place);
    case "dropout":
    case "linear":
      return x; // in inference both are y = x
  }
}

/** A function of each number does not care how they lie. */
function appendFunction(
  builder: GraphBuilder,
  operator: string,
  { path, x }: Place,
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
): GraphValue {
  return { ...x, name: builder.add(operator, path, [x.name], attributes) };
}

/** `x · (1 + erf(x / √2)) / 2`, node by node as PyTorch writes it and runtimes look for it. */
function appendGelu(builder: GraphBuilder, { path, x }: Place): GraphValue {
  const root = builder.constant(`${path}.root`, Math.SQRT2);
  const one = builder.constant(`${path}.one`, 1);
  const half = builder.constant(`${path}.half`, 0.5);
  const quotient = builder.add("Div", `${path}.quotient`, [x.name, root]);
  const erf = builder.add("Erf", `${path}.erf`, [quotient]);
  const sum = builder.add("Add", `${path}.sum`, [erf, one]);
  const product = builder.add("Mul", `${path}.product`, [x.name, sum]);
  return { ...x, name: builder.add("Mul", path, [product, half]) };
}

function appendFlatten(builder: GraphBuilder, { x }: Place): GraphValue {
  const shape = [sizeOf(x.shape)];
  // What lies channels first waits for a layer that cares: often it is a dense one, which can convert its weights.
  if (x.image !== null || x.shape.length === 1) return { ...x, shape };
  return builder.flat(x);
}

function appendDense(builder: GraphBuilder, record: DenseRecord, { path, x }: Place): GraphValue {
  const { units, bias } = record;
  const dims = [x.shape[0]!, units];
  // Each row of the weight goes where the number that it is for lies.
  const transposition = x.image === null ? null : channelsFirstRows(x.image, units);
  const rows = x.image === null ? x : builder.flat(x);
  const inputs = [rows.name, builder.weight(`${path}.weight`, dims, transposition)];
  if (bias) inputs.push(builder.weight(`${path}.bias`, [units]));
  return { name: builder.add("Gemm", path, inputs), shape: [units], image: null };
}

function appendConv2d(builder: GraphBuilder, record: Conv2dRecord, place: Place): GraphValue {
  const { path } = place;
  const { filters, kernel, stride, dilation, groups, bias } = record;
  const x = builder.channelsFirst(place.x);
  const shape = layerShapes(record, x.shape).output;
  const weightShape = [...kernel, x.shape[2]! / groups, filters];
  const axes = [3, 2, 0, 1];
  const dims = axes.map((axis) => weightShape[axis]!);
  const inputs = [x.name, builder.weight(`${path}.weight`, dims, { shape: weightShape, axes })];
  if (bias) inputs.push(builder.weight(`${path}.bias`, [filters]));
  const span = kernel.map((taps, axis) => (taps - 1) * dilation[axis]! + 1);
  const name = builder.add("Conv", path, inputs, {
    dilations: ints(dilation),
    group: int(groups),
    kernel_shape: ints(kernel),
    pads: ints(padsOf(record, x.shape, span)),
    strides: ints(stride),
  });
  return { name, shape, image: shape };
}

function appendPool2d(
  builder: GraphBuilder,
  record: AveragePool2dRecord | MaxPool2dRecord,
  place: Place,
): GraphValue {
  const { window, stride } = record;
  const x = builder.channelsFirst(place.x);
  const shape = layerShapes(record, x.shape).output;
  const operator = record.type === "maxPool2d" ? "MaxPool" : "AveragePool";
  const name = builder.add(operator, place.path, [x.name], {
    kernel_shape: ints(window),
    pads: ints(padsOf(record, x.shape, window)),
    strides: ints(stride),
  });
  return { name, shape, image: shape };
}

function appendGlobalPool2d(
  builder: GraphBuilder,
  operator: "GlobalAveragePool" | "GlobalMaxPool",
  place: Place,
): GraphValue {
  const x = builder.channelsFirst(place.x);
  const channels = x.shape[2]!;
  const pixel = builder.add(operator, place.path, [x.name]);
  return builder.flat({ name: pixel, shape: [1, 1, channels], image: null });
}

function appendBatchNorm(builder: GraphBuilder, record: BatchNormRecord, place: Place): GraphValue {
  const { path } = place;
  const x = place.x.shape.length === 1
    ? builder.channelsLast(place.x)
    : builder.channelsFirst(place.x);
  const dims = [x.shape.at(-1)!];
  const weights = ["scale", "shift", "runningMean", "runningVariance"];
  const inputs = [x.name, ...weights.map((name) => builder.weight(`${path}.${name}`, dims))];
  const attributes = { epsilon: float(record.epsilon), momentum: float(1 - record.momentum) };
  return { ...x, name: builder.add("BatchNormalization", path, inputs, attributes) };
}

function appendLayerNorm(builder: GraphBuilder, record: LayerNormRecord, place: Place): GraphValue {
  const { path } = place;
  const x = builder.channelsLast(place.x);
  const dims = [x.shape.at(-1)!];
  const inputs = [
    x.name,
    ...["scale", "shift"].map((name) => builder.weight(`${path}.${name}`, dims)),
  ];
  const attributes = { axis: int(-1), epsilon: float(record.epsilon) };
  return { ...x, name: builder.add("LayerNormalization", path, inputs, attributes) };
}

function appendSoftmax(builder: GraphBuilder, { path, x }: Place): GraphValue {
  const isImage = x.image !== null && x.shape.length > 1;
  const scores = isImage ? x : builder.channelsLast(x);
  const axis = int(isImage ? 1 : -1);
  return { ...scores, name: builder.add("Softmax", path, [scores.name], { axis }) };
}

function appendResidual(builder: GraphBuilder, record: ResidualRecord, place: Place): GraphValue {
  const { path, x } = place;
  const paths = [
    append(builder, record.branch, { path: join(path, "branch"), x }),
    record.shortcut === null
      ? x
      : append(builder, record.shortcut, { path: join(path, "shortcut"), x }),
  ] as const;
  const [branch, shortcut] = alike(builder, paths);
  return { ...branch, name: builder.add("Add", path, [branch.name, shortcut.name]) };
}

/** Two values of one shape, lying in one order. */
function alike(
  builder: GraphBuilder,
  [a, b]: readonly [GraphValue, GraphValue],
): readonly [GraphValue, GraphValue] {
  const isAlike = a.image === null || b.image === null
    ? a.image === b.image
    : equalShapes(a.image, b.image);
  if (isAlike) return [a, b];
  return a.shape.length === 1
    ? [builder.channelsLast(a), builder.channelsLast(b)]
    : [builder.channelsFirst(a), builder.channelsFirst(b)];
}

/** Rows above, columns left, rows below, columns right. */
function padsOf(
  { padding, stride }: { readonly padding: Padding2d; readonly stride: readonly number[] },
  image: Shape,
  span: readonly number[],
): number[] {
  const [rows, columns] = [0, 1].map((axis) => {
    if (padding === "same") {
      return samePads(image[axis]!, { span: span[axis]!, stride: stride[axis]! });
    }
    return padding === "valid" ? [0, 0] : [padding, padding];
  }) as [number[], number[]];
  return [rows[0]!, columns[0]!, rows[1]!, columns[1]!];
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
