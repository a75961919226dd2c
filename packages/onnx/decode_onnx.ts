import { type Sequential, sequentialFromJson, type SequentialRecord } from "@gradus/layers";
import { type Random, random } from "@gradus/random";
import type { Backend, Shape } from "@gradus/tensor";
import { OPSET, RECORD_KEY } from "./_format.ts";
import { layersOfGraph } from "./_layers_of_graph.ts";
import { networkGraph } from "./_network_graph.ts";
import type { OnnxGraph, OnnxModel } from "./onnx_model.ts";
import { parseOnnx } from "./parse_onnx.ts";

/** What {@linkcode decodeOnnx} takes beside the file. */
export interface DecodeOnnxOptions {
  /** Where the model shall live. */
  readonly backend: Backend;
  /** Where the seeds of dropout layers come from. Default: `random(0)`. */
  readonly random?: Random;
  /** The name of the file in error messages. Default: `a file of ONNX`. */
  readonly name?: string;
}

/** A model from a file of ONNX. */
export interface DecodedOnnx {
  /** The model, initialised, with the file's weights. Images go in as `[batch, height, width, channels]`. */
  readonly model: Sequential;
  /** Whether the file itself takes `[batch, channels, height, width]` there, as files of PyTorch do. */
  readonly isInputTransposed: boolean;
  /** Whether it makes `[batch, channels, height, width]` where the model makes `[batch, height, width, channels]`. */
  readonly isOutputTransposed: boolean;
}

/**
 * A model from the bytes of a file of ONNX.
 *
 * Files of `encodeOnnx` give back the model that was written: its layers and names, its weights to the bit.
 * Of other files, such as PyTorch's, the layers are found in the graph; …
 */
export function decodeOnnx(bytes: Uint8Array, options: DecodeOnnxOptions): DecodedOnnx {
  const { backend, name = "a file of ONNX" } = options;
  const file = parseOnnx(bytes, { name });
  const { layers, inputShape, ...transposed } = layersOfGraph(file, name);
  const model = sequentialFromJson(recordOf(file, inputShape) ?? layers.record);
  model.init(inputShape, { backend, random: options.random ?? random(0) });
  model.parameters.forEach(({ value }, place) => value.set(layers.parameters[place]!));
  const state = model.state.flatMap(({ value }) => typeof value === "number" ? [] : [value]);
  state.forEach((tensor, place) => tensor.set(layers.state[place]!));
  return { model, ...transposed };
}

/** The settings of all layers that the file tells, if they make its very graph; null otherwise. */
function recordOf(file: OnnxModel, inputShape: Shape): SequentialRecord | null {
  const text = file.metadata.get(RECORD_KEY);
  if (text === undefined || file.opsets.get("") !== OPSET) return null;
  try {
    const record = sequentialFromJson(JSON.parse(text)).toJSON();
    const { graph } = networkGraph(record, inputShape);
    return isSame(file.graph, graph) ? record : null;
  } catch (error) {
    // The text is no record, or no network that could make any graph of such inputs.
    const isRefusal = error instanceof SyntaxError || error instanceof TypeError ||
      error instanceof RangeError;
    if (isRefusal) return null;
    throw error;
  }
}

/** Whether two graphs are the same, the numbers of weights aside, which one of them lacks. */
function isSame(graph: OnnxGraph, pattern: OnnxGraph): boolean {
  return describe(graph, pattern) === describe(pattern, pattern);
}

function describe({ nodes, inputs, outputs, initializers }: OnnxGraph, pattern: OnnxGraph): string {
  return JSON.stringify([
    nodes.map((node) => ({ ...node, attributes: [...node.attributes] })),
    inputs,
    outputs,
    [...initializers.values()].map((
      { name, dtype, dims, data },
    ) => [name, dtype, dims, pattern.initializers.get(name)?.data ? [...data!] : null]),
  ]);
}
