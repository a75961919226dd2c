import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { dtypeCode } from "./_dtypes.ts";
import type {
  OnnxAttribute,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
} from "./onnx_model.ts";

/** The bytes of a model; the same values in the same order give the same bytes. */
export function writeModel(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const sink = new BinaryWriter();
  writeInteger(sink, 1, model.irVersion);
  writeString(sink, 2, model.producer);
  writeString(sink, 3, model.producerVersion);
  writeMessage(sink, 7, () => writeGraph(sink, model.graph));
  for (const [domain, version] of model.opsets) {
    writeMessage(sink, 8, () => {
      writeString(sink, 1, domain);
      writeInteger(sink, 2, version);
    });
  }
  for (const [key, value] of model.metadata) {
    writeMessage(sink, 14, () => {
      writeString(sink, 1, key);
      writeString(sink, 2, value);
    });
  }
  return sink.finish();
}

function writeGraph(sink: BinaryWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) writeMessage(sink, 1, () => writeNode(sink, node));
  writeString(sink, 2, graph.name);
  for (const tensor of graph.initializers.values()) {
    writeMessage(sink, 5, () => writeTensor(sink, tensor));
  }
  for (const value of graph.inputs) writeMessage(sink, 11, () => writeValue(sink, value));
  for (const value of graph.outputs) writeMessage(sink, 12, () => writeValue(sink, value));
}

function writeNode(sink: BinaryWriter, node: OnnxNode): void {
  for (const name of node.inputs) writeString(sink, 1, name);
  for (const name of node.outputs) writeString(sink, 2, name);
  writeString(sink, 3, node.name);
  writeString(sink, 4, node.operator);
  for (const [name, attribute] of node.attributes) {
    writeMessage(sink, 5, () => {
      writeString(sink, 1, name);
      writeAttribute(sink, attribute);
    });
  }
  if (node.domain !== "") writeString(sink, 7, node.domain);
}

/** An attribute's value, and the number of its type. */
function writeAttribute(sink: BinaryWriter, attribute: OnnxAttribute): void {
  switch (attribute.type) {
    case "float":
      sink.tag(2, WireType.Bit32).float(attribute.value);
      return writeInteger(sink, 20, 1);
    case "int":
      writeInteger(sink, 3, attribute.value);
      return writeInteger(sink, 20, 2);
    case "string":
      writeString(sink, 4, attribute.value);
      return writeInteger(sink, 20, 3);
    case "tensor":
      writeMessage(sink, 5, () => writeTensor(sink, attribute.value));
      return writeInteger(sink, 20, 4);
    case "floats":
      for (const value of attribute.value) sink.tag(7, WireType.Bit32).float(value);
      return writeInteger(sink, 20, 6);
    case "ints":
      for (const value of attribute.value) writeInteger(sink, 8, value);
      return writeInteger(sink, 20, 7);
    case "strings":
      for (const value of attribute.value) writeString(sink, 9, value);
      return writeInteger(sink, 20, 8);
    case "other":
      throw new TypeError("Cannot write an attribute as its value must be known: found another");
  }
}

function writeTensor(sink: BinaryWriter, tensor: OnnxTensor): void {
  const { name, dtype, dims, data, isExternal } = tensor;
  for (const length of dims) writeInteger(sink, 1, length);
  writeInteger(sink, 2, dtypeCode(dtype));
  writeString(sink, 8, name);
  if (data !== null) sink.tag(9, WireType.LengthDelimited).bytes(rawBytes(dtype, data));
  if (isExternal) writeInteger(sink, 14, 1);
}

function writeValue(sink: BinaryWriter, { name, dtype, shape }: OnnxValue): void {
  writeString(sink, 1, name);
  writeMessage(sink, 2, () =>
    writeMessage(sink, 1, () => {
      if (dtype !== null) writeInteger(sink, 1, dtypeCode(dtype));
      if (shape !== null) writeMessage(sink, 2, () => writeShape(sink, shape));
    }));
}

function writeShape(sink: BinaryWriter, shape: NonNullable<OnnxValue["shape"]>): void {
  for (const length of shape) {
    writeMessage(sink, 1, () => {
      if (typeof length === "number") writeInteger(sink, 1, length);
      else if (length !== null) writeString(sink, 2, length);
    });
  }
}

function rawBytes(dtype: OnnxTensor["dtype"], data: NonNullable<OnnxTensor["data"]>): Uint8Array {
  if (data instanceof Float32Array) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  const { buffer } = dtype === "int32" ? Int32Array.from(data) : BigInt64Array.from(data, BigInt);
  return new Uint8Array(buffer);
}

function writeInteger(sink: BinaryWriter, field: number, value: number): void {
  sink.tag(field, WireType.Varint).int64(value);
}

function writeString(sink: BinaryWriter, field: number, value: string): void {
  sink.tag(field, WireType.LengthDelimited).string(value);
}

function writeMessage(sink: BinaryWriter, field: number, write: () => void): void {
  sink.tag(field, WireType.LengthDelimited).fork();
  write();
  sink.join();
}
