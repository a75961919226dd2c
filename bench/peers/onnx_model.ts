import onnxProto from "onnx-proto";
import type { Numbers } from "./peer_inputs.ts";

const { onnx } = onnxProto;
const FLOAT = onnx.TensorProto.DataType.FLOAT;

/** A node of an ONNX graph, and its tensors. */
export interface OnnxNode {
  readonly op: string;
  /** Names in the order of the operator's inputs; those of `weights` are constants. */
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly weights: Readonly<Record<string, Numbers>>;
  /** Integer attributes. */
  readonly attributes: Readonly<Record<string, readonly number[]>>;
  readonly outputShape: readonly number[];
}

/** The bytes of an ONNX model of one node, whose output is `y`. */
export function onnxModel(node: OnnxNode): Uint8Array<ArrayBuffer> {
  const { op, inputs, weights, attributes, outputShape } = node;
  const model = onnx.ModelProto.create({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    graph: {
      name: op,
      node: [{
        opType: op,
        input: inputs.map(({ name }) => name),
        output: ["y"],
        attribute: Object.entries(attributes).map(([name, ints]) => ({
          name,
          type: onnx.AttributeProto.AttributeType.INTS,
          ints: [...ints],
        })),
      }],
      initializer: Object.entries(weights).map(([name, { data, shape }]) => ({
        name,
        dataType: FLOAT,
        dims: [...shape],
        rawData: new Uint8Array(data.buffer),
      })),
      input: inputs.filter(({ name }) => !(name in weights)).map(({ name, shape }) =>
        valueInfo(name, shape)
      ),
      output: [valueInfo("y", outputShape)],
    },
  });
  return new Uint8Array(onnx.ModelProto.encode(model).finish());
}

function valueInfo(name: string, shape: readonly number[]) {
  const dim = shape.map((length) => ({ dimValue: length }));
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}
