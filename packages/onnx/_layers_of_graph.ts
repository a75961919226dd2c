import { formatShape, type Shape, sizeOf } from "@gradus/tensor";
import { NodeReader } from "./_node_reader.ts";
import { OPERATORS } from "./_operators.ts";
import { few, quote, shorten } from "./_quote.ts";
import { settleProduct } from "./_settle_product.ts";
import { firstStep, type FoundLayer, layersUpTo } from "./_steps.ts";
import { asChannelsFirst, type Flow, sameForm, type Value } from "./_values.ts";
import type { OnnxGraph, OnnxModel, OnnxValue } from "./onnx_model.ts";
import { UnsupportedOnnxError } from "./unsupported_onnx_error.ts";

/** The versions of ONNX's operators whose meaning is known. */
const OPSETS = { first: 9, last: 23 };

/** The most axes of an input, its batch aside: images have three. */
const MOST_AXES = 8;

/** What takes a product as a factor, so that it is not complete before. */
const TAKES_FACTORS: ReadonlySet<string> = new Set(["Mul", "Div", "Erf"]);

/** The network that a graph is. */
export interface FoundNetwork {
  /** All layers, in a sequence. */
  readonly layers: FoundLayer;
  /** Shape of one input in Gradus. */
  readonly inputShape: Shape;
  /** Whether the graph takes `[batch, channels, …]` where the network takes `[batch, …, channels]`. */
  readonly isInputTransposed: boolean;
  /** The same of what comes out. */
  readonly isOutputTransposed: boolean;
}

/** Finds the layers that the graph of a file is made of. */
export function layersOfGraph({ opsets, graph }: OnnxModel, file: string): FoundNetwork {
  const opset = opsets.get("") ?? opsets.get("ai.onnx") ?? 0;
  if (!(opset >= OPSETS.first && opset <= OPSETS.last)) {
    const requirement = `its operators must be of a version from ${OPSETS.first} to ${OPSETS.last}`;
    unsupported(file, requirement, `${opset}`);
  }
  checkOperators(graph, file);
  const consumers = soleConsumers(graph, file);
  const { name: inputName, dims, batch } = findInput(graph, file);
  const isInputTransposed = dims.length > 1 && takesChannelsFirst(graph, inputName);
  const inputShape = isInputTransposed ? [...dims.slice(1), dims[0]!] : dims;
  const form = isInputTransposed ? asChannelsFirst(inputShape) : sameForm(inputShape);

  const values = new Map<string, Value>();
  for (const [name, tensor] of graph.initializers) values.set(name, { kind: "constant", tensor });
  values.set(inputName, { kind: "flow", step: firstStep(), shape: inputShape, ...form });
  graph.nodes.forEach((node, place) => {
    const reader = new NodeReader(node, place, { file, opset, batch, values });
    const value = OPERATORS.get(node.operator)!.read(reader);
    reader.finish();
    const [name] = node.outputs as [string];
    if (values.has(name)) reader.broken("what it makes must have a name of its own", quote(name));
    const isComplete = !TAKES_FACTORS.has(consumers.get(name)!);
    values.set(name, value.kind === "product" && isComplete ? settleProduct(value, reader) : value);
  });

  const y = findOutput(graph, values, file);
  // Each node leads here, and where ways meet, a layer that is part of one is of no other.
  const layers = layersUpTo(y.step);
  return { layers, inputShape, isInputTransposed, isOutputTransposed: y.image !== null };
}

/** Names all operators at once that no layer has. */
function checkOperators({ nodes }: OnnxGraph, file: string): void {
  const unknown = new Set<string>();
  for (const { operator, domain } of nodes) {
    const isOwn = domain === "" || domain === "ai.onnx";
    if (!isOwn) unknown.add(`${domain}.${operator}`);
    else if (!OPERATORS.has(operator)) unknown.add(operator);
  }
  if (unknown.size === 0) return;
  const operators = [...unknown].map(shorten);
  throw new UnsupportedOnnxError(
    `Cannot decode ${file} as each operator must be one that layers have: found ${few(operators)}`,
    { operators },
  );
}

/** By the name of each value, which operator takes it; nothing if several do, or it is an output. */
function soleConsumers({ nodes, outputs }: OnnxGraph, file: string): Map<string, string> {
  const consumers = new Map<string, string>();
  for (const { inputs, operator } of nodes) {
    for (const name of inputs) consumers.set(name, consumers.has(name) ? "" : operator);
  }
  for (const { name } of outputs) consumers.set(name, "");
  for (const { outputs: [name = ""], operator } of nodes) {
    if (!consumers.has(name) && operator !== "Constant") {
      unsupported(file, "each node must lead to the output", quote(name));
    }
  }
  return consumers;
}

interface Input {
  readonly name: string;
  /** Lengths behind the batch. */
  readonly dims: Shape;
  /** Null for any. */
  readonly batch: number | null;
}

function findInput({ inputs, initializers }: OnnxGraph, file: string): Input {
  // Up to version 3 of the format, constants are listed too.
  const [input, ...more] = inputs.filter(({ name }) => !initializers.has(name));
  if (input === undefined || more.length > 0) {
    unsupported(file, "it must have one input", input === undefined ? "none" : "more");
  }
  const { name, dtype, shape } = input;
  if (dtype !== "float") unsupported(file, "its input must be of float", `${dtype}`);
  const [batch, ...dims] = shape ?? [];
  const isShape = dims.length <= MOST_AXES &&
    dims.every((length) => Number.isSafeInteger(length) && Number(length) >= 1);
  if (batch === undefined || !isShape || !Number.isSafeInteger(sizeOf(dims as number[]))) {
    unsupported(file, "its input must be a batch of a known shape", describeShape(input));
  }
  return { name, dims: dims as number[], batch: typeof batch === "number" ? batch : null };
}

/** Whether an operator that wants channels first gets the input as it is. */
function takesChannelsFirst({ nodes }: OnnxGraph, input: string): boolean {
  const reached = new Set([input]);
  for (const { operator, inputs, outputs } of nodes) {
    if (!inputs.some((name) => reached.has(name))) continue;
    const { order } = OPERATORS.get(operator)!;
    if (order === "channels first") return true;
    if (order === "any") { for (const name of outputs) reached.add(name); }
  }
  return false;
}

function findOutput(
  { outputs }: OnnxGraph,
  values: ReadonlyMap<string, Value>,
  file: string,
): Flow {
  const [output, ...more] = outputs;
  if (output === undefined || more.length > 0) {
    unsupported(file, "it must have one output", output === undefined ? "none" : "more");
  }
  const value = values.get(output.name);
  if (value === undefined) broken(file, "its output must be made", quote(output.name));
  if (value.kind !== "flow") {
    unsupported(file, "its output must be what a layer makes", quote(output.name));
  }
  const { physical, image } = value;
  const isAsTold = output.shape === null || (output.shape.length === physical.length + 1 &&
    output.shape.slice(1).every((length, axis) =>
      typeof length !== "number" || length === physical[axis]
    ));
  if (!isAsTold) {
    broken(file, `its output must be [batch, ${physical.join(", ")}]`, describeShape(output));
  }
  if (image !== null && physical.length === 1) {
    const found = `${formatShape(image)}, channels first`;
    unsupported(file, "its output must not be a flattened image", found);
  }
  return value;
}

function describeShape({ shape }: OnnxValue): string {
  const lengths = shape?.map((length) =>
    typeof length === "string" ? shorten(length) : length ?? "?"
  );
  return lengths === undefined ? "none" : `[${few(lengths)}]`;
}

function broken(file: string, requirement: string, found: string): never {
  throw new SyntaxError(`Cannot decode ${file} as ${requirement}: found ${found}`);
}

function unsupported(file: string, requirement: string, found: string): never {
  throw new UnsupportedOnnxError(`Cannot decode ${file} as ${requirement}: found ${found}`);
}
