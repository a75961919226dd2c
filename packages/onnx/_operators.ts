import type { NodeReader } from "./_node_reader.ts";
import { readAdd, readDiv, readErf, readMul } from "./_operators/arithmetic.ts";
import { readConv } from "./_operators/convolution.ts";
import { readGemm, readMatMul } from "./_operators/dense.ts";
import {
  readDropout,
  readElu,
  readFunction,
  readGelu,
  readLeakyRelu,
  readSoftmax,
} from "./_operators/functions.ts";
import {
  readConstant,
  readFlatten,
  readIdentity,
  readPad,
  readReshape,
  readTranspose,
} from "./_operators/movement.ts";
import { readBatchNormalization, readLayerNormalization } from "./_operators/normalization.ts";
import { readAveragePool, readGlobalPool, readMaxPool, readReduce } from "./_operators/pooling.ts";
import type { Value } from "./_values.ts";

/** An operator of ONNX that may be a layer, or a part of one. */
export interface Operator {
  /** Makes what it stands for. */
  readonly read: (node: NodeReader) => Value;
  /**
   * How images have to lie that go in: `[batch, channels, …]`, as they lie in the file, or in any way,
   * which then is that of what comes out.
   */
  readonly order: "channels first" | "as in the file" | "any";
}

const first = (read: Operator["read"]): Operator => ({ read, order: "channels first" });
const asInFile = (read: Operator["read"]): Operator => ({ read, order: "as in the file" });
const any = (read: Operator["read"]): Operator => ({ read, order: "any" });

/** All that are read. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ["Add", any(readAdd)],
  ["Atan", any(readFunction({ type: "arctan" }))],
  ["AveragePool", first(readAveragePool)],
  ["BatchNormalization", first(readBatchNormalization)],
  ["Constant", any(readConstant)],
  ["Conv", first(readConv)],
  ["Div", any(readDiv)],
  ["Dropout", any(readDropout)],
  ["Elu", any(readElu)],
  ["Erf", any(readErf)],
  ["Flatten", asInFile(readFlatten)],
  ["Gelu", any(readGelu)],
  ["Gemm", asInFile(readGemm)],
  ["GlobalAveragePool", first(readGlobalPool("globalAveragePool2d"))],
  ["GlobalMaxPool", first(readGlobalPool("globalMaxPool2d"))],
  ["Identity", any(readIdentity)],
  ["LayerNormalization", asInFile(readLayerNormalization)],
  ["LeakyRelu", any(readLeakyRelu)],
  ["MatMul", asInFile(readMatMul)],
  ["MaxPool", first(readMaxPool)],
  ["Mul", any(readMul)],
  ["Pad", any(readPad)],
  ["ReduceMax", first(readReduce("globalMaxPool2d"))],
  ["ReduceMean", first(readReduce("globalAveragePool2d"))],
  ["Relu", any(readFunction({ type: "relu" }))],
  ["Reshape", asInFile(readReshape)],
  ["Sigmoid", any(readFunction({ type: "sigmoid" }))],
  ["Softmax", asInFile(readSoftmax)],
  ["Softplus", any(readFunction({ type: "softplus" }))],
  ["Tanh", any(readFunction({ type: "tanh" }))],
  ["Transpose", asInFile(readTranspose)],
]);
