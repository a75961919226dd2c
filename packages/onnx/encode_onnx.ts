import {
  type Layer,
  type LayerRecord,
  Residual,
  Sequential,
  type SequentialRecord,
} from "@gradus/layers";
import { IR_VERSION, OPSET, RECORD_KEY } from "./_format.ts";
import { networkGraph } from "./_network_graph.ts";
import { transpose } from "./_transpose.ts";
import { VERSION } from "./_version.ts";
import { writeModel } from "./_write_model.ts";
import type { OnnxTensor } from "./onnx_model.ts";

/** Settings of {@linkcode encodeOnnx}. */
export interface EncodeOnnxOptions {
  /** Whether probabilities come out of a model that ends in logits. Default: false. */
  readonly softmax?: boolean;
}

/**
 * A trained model as the bytes of a file of ONNX, which onnxruntime and others run.
 *
 * The graph is the model in eval mode: batch norm by its running statistics, dropout not at all. Its input
 * is `input`, its output `output`, both as here, `[batch, height, width, channels]` and of any batch; images
 * are transposed where they come in, and the weights are in ONNX's order. Parameters and states keep their
 * names, as `3.branch.0.weight`, and a node has the path of its layer. All numbers are float32. The
 * settings of all layers stand in the metadata, so that `decodeOnnx` gives back the same model.
 *
 * Source: ONNX, operator set 17, IR version 8.
 *
 * @param model A model, initialised. The numbers are those of the moment of the call.
 * @param options Whether to end in softmax.
 * @returns The bytes; the same values give the same bytes.
 * @throws {Error} If the model is not initialised.
 * @throws {TypeError} If layers are not of `@gradus/layers` (all are named), or the model ends in softmax
 * and shall get another.
 *
 * @example
 * ```ts
 * import { Dense, Relu, Sequential } from "@gradus/layers";
 * import { encodeOnnx, parseOnnx } from "@gradus/onnx";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const model = new Sequential([new Dense(16), new Relu(), new Dense(3)]);
 * model.init([4], { backend: reference(), random: random(0) });
 * const { graph } = parseOnnx(await encodeOnnx(model, { softmax: true }));
 * assertEquals(graph.nodes.map(({ operator }) => operator), ["Gemm", "Relu", "Gemm", "Softmax"]);
 * assertEquals([...graph.initializers.keys()], ["0.weight", "0.bias", "2.weight", "2.bias"]);
 * ```
 */
export async function encodeOnnx(
  model: Sequential,
  options: EncodeOnnxOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (model.outputShapes.length === 0) {
    throw new Error("Cannot encode a model as it must be initialised: call init first");
  }
  const strangers = strangersIn(model, "");
  if (strangers.length > 0) {
    throw new TypeError(
      `Cannot encode a model as all its layers must be of @gradus/layers: found ${
        strangers.join(", ")
      }`,
    );
  }
  const record = options.softmax ? withSoftmax(model.toJSON()) : model.toJSON();
  // Before the first wait, so that all numbers are of one moment.
  const reads = [...model.parameters, ...model.state].map(async ({ name, value }) =>
    typeof value === "number" ? [] : [[name, Float32Array.from(await value.data())] as const]
  );
  const numbers = new Map((await Promise.all(reads)).flat());

  const { graph, transpositions } = networkGraph(record, model.inputShape);
  const initializers = new Map<string, OnnxTensor>();
  for (const [name, tensor] of graph.initializers) {
    const transposition = transpositions.get(name);
    const own = tensor.data ?? numbers.get(name)!;
    const data = transposition === undefined ? own : transpose(own, transposition);
    initializers.set(name, { ...tensor, data });
  }
  return writeModel({
    irVersion: IR_VERSION,
    opsets: new Map([["", OPSET]]),
    producer: "Gradus",
    producerVersion: VERSION,
    metadata: new Map([[RECORD_KEY, JSON.stringify(record)]]),
    graph: { ...graph, initializers },
  });
}

/** The layers that have no record, each with its path. */
function strangersIn(layer: Layer, path: string): string[] {
  const inner = (name: string, layer: Layer) =>
    strangersIn(layer, path === "" ? name : `${path}.${name}`);
  if (layer instanceof Sequential) return layer.layers.flatMap((layer, i) => inner(`${i}`, layer));
  if (layer instanceof Residual) {
    const { branch, shortcut } = layer;
    return [...inner("branch", branch), ...shortcut === null ? [] : inner("shortcut", shortcut)];
  }
  return layer.toJSON === undefined ? [`${layer.constructor.name} at ${path}`] : [];
}

function withSoftmax(record: SequentialRecord): SequentialRecord {
  if (endsInSoftmax(record)) {
    throw new TypeError("Cannot encode a model with softmax as it must not end in one: found one");
  }
  return { ...record, layers: [...record.layers, { type: "softmax" }] };
}

function endsInSoftmax(record: LayerRecord): boolean {
  return record.type === "sequential"
    ? endsInSoftmax(record.layers.at(-1)!)
    : record.type === "softmax";
}
