import type { Shape } from "@gradus/tensor";
import { sizeOf } from "@gradus/tensor";
import { writeModel } from "./_write_model.ts";
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "./onnx_model.ts";

/** What a file for a test has; what is left out is as in most files. */
export interface GraphFile {
  /** Nodes as they are written: `y = Conv x weight`. */
  readonly nodes: readonly (string | OnnxNode)[];
  /** Lengths behind the batch of the input, which is `x`. */
  readonly input: Shape;
  /** Constants: their dims, for the numbers 1, 2, 3 …, or all of them. */
  readonly constants?: Readonly<Record<string, Shape | Partial<OnnxTensor>>>;
  /** Lengths of the output, which is `y`. */
  readonly output?: readonly (number | string)[];
  readonly opset?: number;
  /** How many inputs at once. */
  readonly batch?: number | string;
}

/** The bytes of a file. */
export function graphFile(file: GraphFile): Uint8Array {
  const { nodes, input, constants = {}, output, opset = 17, batch = "batch" } = file;
  return writeModel({
    irVersion: 8,
    opsets: new Map([["", opset]]),
    producer: "",
    producerVersion: "",
    metadata: new Map(),
    graph: {
      name: "test",
      nodes: nodes.map((line) => typeof line === "string" ? node(line) : line),
      initializers: new Map(
        Object.entries(constants).map(([name, value]) => [name, constant(name, value)]),
      ),
      inputs: [{ name: "x", dtype: "float", shape: [batch, ...input] }],
      outputs: [{
        name: "y",
        dtype: "float",
        shape: output === undefined ? null : [batch, ...output],
      }],
    },
  });
}

/** A node as it is written, `y = Conv x weight`, with its settings; `_` is an input that is left out. */
export function node(
  line: string,
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
  rest: Partial<OnnxNode> = {},
): OnnxNode {
  const [output, right] = line.split(" = ") as [string, string];
  const [operator, ...inputs] = right.split(" ") as [string, ...string[]];
  return {
    name: "",
    operator,
    domain: "",
    inputs: inputs.map((name) => name === "_" ? "" : name),
    outputs: output.split(" "),
    attributes: new Map(Object.entries(attributes)),
    ...rest,
  };
}

function constant(name: string, value: Shape | Partial<OnnxTensor>): OnnxTensor {
  const dims = Array.isArray(value) ? value as Shape : [];
  const data = Float32Array.from({ length: sizeOf(dims) }, (_, i) => i + 1);
  const tensor = { name, dtype: "float", dims, data, isExternal: false } as const;
  return Array.isArray(value) ? tensor : { ...tensor, ...value };
}
