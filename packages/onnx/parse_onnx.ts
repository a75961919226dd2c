import { dtypeOf } from "./_dtypes.ts";
import { quote } from "./_quote.ts";
import { readTensor } from "./_read_tensor.ts";
import { WireSource } from "./_wire_source.ts";
import type {
  OnnxAttribute,
  OnnxDtype,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
} from "./onnx_model.ts";

/** How {@linkcode parseOnnx} names the file. */
export interface ParseOptions {
  /** The name of the file in error messages. Default: `a file of ONNX`. */
  readonly name?: string;
}

/**
 * What the bytes of a file of ONNX say, as plain values.
 *
 * Whether it can be a model of Gradus is not asked here: any operator is read, and any version. Numbers of
 * the types `float`, `int32` and `int64` are copied; of others, the type and the shape are told. Graphs
 * inside of nodes, functions, and what serves training or documentation are left out. The memory that the
 * result takes is bounded by a multiple of the file's size.
 *
 * Source: ONNX, `onnx.proto`, IR version 8; Protocol Buffers, encoding.
 *
 * @param bytes The whole file.
 * @param options The name of the file, for messages.
 * @returns The model and its graph.
 * @throws {SyntaxError} If the bytes are not such a file; the message names the part and the byte.
 *
 * @example
 * ```ts
 * import { parseOnnx } from "@gradus/onnx";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(
 *   () => parseOnnx(new Uint8Array([0x3a, 0x05, 0x01]), { name: "model.onnx" }),
 *   SyntaxError,
 *   "Cannot decode model.onnx as its fields must be as protobuf writes them: " +
 *     "found an early end at byte 0",
 * );
 * ```
 */
export function parseOnnx(bytes: Uint8Array, options: ParseOptions = {}): OnnxModel {
  const { name: subject = "a file of ONNX" } = options;
  // The slices of this view are copies, while those of a Buffer of Node would not be.
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return readModel(new WireSource(view, { subject, startByte: 0 }));
}

function readModel(source: WireSource): OnnxModel {
  let [irVersion, producer, producerVersion] = [0, "", ""];
  let graph: OnnxGraph | null = null;
  const [opsets, metadata] = [new Map<string, number>(), new Map<string, string>()];
  for (const field of source.fields()) {
    switch (field) {
      case 1:
        irVersion = source.integer();
        break;
      case 2:
        producer = source.string();
        break;
      case 3:
        producerVersion = source.string();
        break;
      case 7:
        graph = source.onlyMessage("the graph", readGraph);
        break;
      case 8: {
        const [domain, version] = source.message("an operator set", readOpset);
        opsets.set(domain, version);
        break;
      }
      case 14: {
        const [key, value] = source.message("an entry of metadata", readEntry);
        metadata.set(key, value);
        break;
      }
    }
  }
  if (graph === null) source.refuse("it must have a graph", "none");
  return { irVersion, opsets, producer, producerVersion, metadata, graph };
}

function readOpset(source: WireSource): [domain: string, version: number] {
  let [domain, version] = ["", 0];
  for (const field of source.fields()) {
    if (field === 1) domain = source.string();
    else if (field === 2) version = source.integer();
  }
  return [domain, version];
}

function readEntry(source: WireSource): [key: string, value: string] {
  let [key, value] = ["", ""];
  for (const field of source.fields()) {
    if (field === 1) key = source.string();
    else if (field === 2) value = source.string();
  }
  return [key, value];
}

function readGraph(source: WireSource): OnnxGraph {
  let name = "";
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, OnnxTensor>();
  const [inputs, outputs]: [OnnxValue[], OnnxValue[]] = [[], []];
  for (const field of source.fields()) {
    switch (field) {
      case 1:
        nodes.push(source.message(`node ${nodes.length}`, readNode));
        break;
      case 2:
        name = source.string();
        break;
      case 5: {
        const tensor = source.message(`initializer ${initializers.size}`, readTensor);
        if (tensor.name === "" || initializers.has(tensor.name)) {
          source.refuse("each initializer must have a name of its own", quote(tensor.name));
        }
        initializers.set(tensor.name, tensor);
        break;
      }
      case 11:
        inputs.push(source.message(`input ${inputs.length}`, readValue));
        break;
      case 12:
        outputs.push(source.message(`output ${outputs.length}`, readValue));
        break;
      case 15:
        source.refuse("its initializers must be dense", "a sparse one");
    }
  }
  return { name, nodes, initializers, inputs, outputs };
}

/** What most nodes have; a map of its own for each would be larger than they are in the file. */
const NO_ATTRIBUTES: ReadonlyMap<string, OnnxAttribute> = new Map();

function readNode(source: WireSource): OnnxNode {
  let [name, operator, domain] = ["", "", ""];
  const [inputs, outputs]: [string[], string[]] = [[], []];
  let attributes: Map<string, OnnxAttribute> | null = null;
  for (const field of source.fields()) {
    switch (field) {
      case 1:
        inputs.push(source.string());
        break;
      case 2:
        outputs.push(source.string());
        break;
      case 3:
        name = source.string();
        break;
      case 4:
        operator = source.string();
        break;
      case 5: {
        attributes ??= new Map();
        const [key, attribute] = source.message("an attribute", readAttribute);
        if (attributes.has(key)) {
          source.refuse("its attributes must differ", `${quote(key)} again`);
        }
        attributes.set(key, attribute);
        break;
      }
      case 7:
        domain = source.string();
        break;
    }
  }
  if (operator === "") source.refuse("it must have an operator", "none");
  if (outputs.length === 0) source.refuse("it must have an output", "none");
  return { name, operator, domain, inputs, outputs, attributes: attributes ?? NO_ATTRIBUTES };
}

function readAttribute(source: WireSource): [name: string, attribute: OnnxAttribute] {
  let [name, type, float, int, string] = ["", 0, 0, 0, ""];
  let tensor: OnnxTensor | null = null;
  const [floats, ints, strings]: [number[], number[], string[]] = [[], [], []];
  for (const field of source.fields()) {
    switch (field) {
      case 1:
        name = source.string();
        break;
      case 2:
        float = source.float();
        break;
      case 3:
        int = source.integer();
        break;
      case 4:
        string = source.string();
        break;
      case 5:
        tensor = source.onlyMessage("the tensor", readTensor);
        break;
      case 7:
        source.floats(floats);
        break;
      case 8:
        source.integers(ints);
        break;
      case 9:
        strings.push(source.string());
        break;
      case 20:
        type = source.integer();
        break;
    }
  }
  if (name === "") source.refuse("it must have a name", "none");
  switch (type) {
    case 1:
      return [name, { type: "float", value: float }];
    case 2:
      return [name, { type: "int", value: int }];
    case 3:
      return [name, { type: "string", value: string }];
    case 4:
      if (tensor === null) source.refuse("it must have a tensor", "none");
      return [name, { type: "tensor", value: tensor }];
    case 6:
      return [name, { type: "floats", value: floats }];
    case 7:
      return [name, { type: "ints", value: ints }];
    case 8:
      return [name, { type: "strings", value: strings }];
    default:
      return [name, { type: "other", value: null }];
  }
}

function readValue(source: WireSource): OnnxValue {
  let name = "";
  let type: Pick<OnnxValue, "dtype" | "shape"> = { dtype: null, shape: null };
  for (const field of source.fields()) {
    if (field === 1) name = source.string();
    else if (field === 2) type = source.onlyMessage("the type", readType);
  }
  if (name === "") source.refuse("it must have a name", "none");
  return { name, ...type };
}

function readType(source: WireSource): Pick<OnnxValue, "dtype" | "shape"> {
  let type: Pick<OnnxValue, "dtype" | "shape"> = { dtype: null, shape: null };
  for (const field of source.fields()) {
    if (field === 1) type = source.onlyMessage("the tensor type", readTensorType);
  }
  return type;
}

function readTensorType(source: WireSource): Pick<OnnxValue, "dtype" | "shape"> {
  let dtype: OnnxDtype | number | null = null;
  let shape: OnnxValue["shape"] = null;
  for (const field of source.fields()) {
    if (field === 1) dtype = dtypeOf(source.integer());
    else if (field === 2) shape = source.onlyMessage("the shape", readShape);
  }
  return { dtype, shape };
}

function readShape(source: WireSource): (number | string | null)[] {
  const lengths: (number | string | null)[] = [];
  for (const field of source.fields()) {
    if (field === 1) lengths.push(source.message(`length ${lengths.length}`, readLength));
  }
  return lengths;
}

function readLength(source: WireSource): number | string | null {
  let length: number | string | null = null;
  for (const field of source.fields()) {
    if (field === 1) length = source.integer();
    else if (field === 2) length = source.string();
  }
  return length;
}
