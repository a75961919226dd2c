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
 * A file of `encodeOnnx` gives back the model that was written: its layers, their names, its weights to the
 * bit. Of any other file, such as one of PyTorch, the layers are found in the graph: a chain of operators
 * that layers of Gradus have, with additions of two ways from one value as {@linkcode Residual} layers.
 * They are in one sequence, named by their places. Weights are put in the order of Gradus, also the rows of
 * a dense layer behind a flattened image, so that images are `[batch, height, width, channels]` here
 * whatever the file wants. A setting such as 0.1, of which a file keeps seven digits, is 0.1 again.
 *
 * Nothing in the file is executed or looked up by name, and the memory that is taken is bounded by a
 * multiple of its size. Operators may be of version 9 to 23, numbers are float32.
 *
 * @param bytes The whole file.
 * @param options Where the model shall live, and the file's name.
 * @returns The model, and whether the file itself has images channels first.
 * @throws {SyntaxError} If the bytes are not a file of ONNX, or contradict themselves: a value that nothing
 * makes or that is used before, weights of the wrong size.
 * @throws {UnsupportedOnnxError} If it has what no layer does: operators (all are named), settings of one,
 * another type of numbers, weights in another file, several inputs or outputs.
 *
 * @example
 * ```ts
 * import { Conv2d, Dense, Flatten, Relu, Sequential } from "@gradus/layers";
 * import { decodeOnnx, encodeOnnx } from "@gradus/onnx";
 * import { random } from "@gradus/random";
 * import { zeros } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const layers = [new Conv2d(4, { kernel: 3 }), new Relu(), new Flatten(), new Dense(10)];
 * const trained = new Sequential(layers);
 * trained.init([8, 8, 3], { backend, random: random(0) });
 *
 * const { model, isInputTransposed } = decodeOnnx(await encodeOnnx(trained), { backend });
 * assertEquals(isInputTransposed, false);
 * assertEquals(model.toJSON(), trained.toJSON());
 * const x = zeros(backend, [5, 8, 8, 3]);
 * assertEquals(await model.predict(x).data(), await trained.predict(x).data());
 * ```
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

/**
 * The settings of all layers, if the file tells them and they make its very graph; null otherwise, as of a
 * file that another program changed.
 */
function recordOf(file: OnnxModel, inputShape: Shape): SequentialRecord | null {
  const text = file.metadata.get(RECORD_KEY);
  if (text === undefined || file.opsets.get("") !== OPSET) return null;
  try {
    const record = sequentialFromJson(JSON.parse(text)).toJSON();
    const { graph } = networkGraph(record, inputShape);
    return describe(file.graph, graph) === describe(graph, graph) ? record : null;
  } catch (error) {
    // The text is no record, or one of a network that takes no such inputs.
    if (isRefusal(error)) return null;
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError;
}

/** All that a graph says, but for the numbers of those initializers that have none in the pattern. */
function describe({ nodes, inputs, outputs, initializers }: OnnxGraph, pattern: OnnxGraph): string {
  const constants = [...initializers.values()].map(({ name, dtype, dims, data }) => {
    const isConstant = (pattern.initializers.get(name)?.data ?? null) !== null;
    return { name, dtype, dims, data: isConstant && data !== null ? [...data] : null };
  });
  const operations = nodes.map((node) => ({ ...node, attributes: [...node.attributes] }));
  return JSON.stringify({ operations, inputs, outputs, constants });
}
