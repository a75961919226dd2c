/** The numbers that a tensor of ONNX is made of, by the names of ONNX in lower case. */
export type OnnxDtype =
  | "float"
  | "uint8"
  | "int8"
  | "uint16"
  | "int16"
  | "int32"
  | "int64"
  | "string"
  | "bool"
  | "float16"
  | "double"
  | "uint32"
  | "uint64"
  | "complex64"
  | "complex128"
  | "bfloat16";

/** Constant numbers of a graph: weights, and what operators take beside them. */
export interface OnnxTensor {
  /** What nodes call it; empty in an attribute. */
  readonly name: string;
  /** The type of its numbers, or the number that stands for it in the file where that is another one. */
  readonly dtype: OnnxDtype | number;
  /** The length of each axis. */
  readonly dims: readonly number[];
  /** The numbers in row-major order; null of a type that is not read, and where they lie in another file. */
  readonly data: Float32Array | number[] | null;
  /** Whether the numbers lie in another file. */
  readonly isExternal: boolean;
}

/** What the settings of nodes are, by the names of their types. */
export interface OnnxAttributeValues {
  /** A number of single precision. */
  readonly float: number;
  /** A whole number. */
  readonly int: number;
  /** Text. */
  readonly string: string;
  /** Numbers of a shape. */
  readonly tensor: OnnxTensor;
  /** Numbers of single precision. */
  readonly floats: readonly number[];
  /** Whole numbers. */
  readonly ints: readonly number[];
  /** Texts. */
  readonly strings: readonly string[];
  /** A graph, a type or what else is not read. */
  readonly other: null;
}

/** A setting of a node. */
export type OnnxAttribute = {
  readonly [Type in keyof OnnxAttributeValues]: {
    readonly type: Type;
    readonly value: OnnxAttributeValues[Type];
  };
}[keyof OnnxAttributeValues];

/** An operator at its place in a graph. */
export interface OnnxNode {
  /** Its own name; empty where it has none. */
  readonly name: string;
  /** Which operator, as `Conv`. */
  readonly operator: string;
  /** The set that the operator is of; empty for those of ONNX itself. */
  readonly domain: string;
  /** Names of values; empty where an optional one is left out. */
  readonly inputs: readonly string[];
  /** Names of values; empty where an optional one is left out. */
  readonly outputs: readonly string[];
  /** Settings by name. */
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** A value that goes into a graph or comes out of it. */
export interface OnnxValue {
  /** What nodes call it. */
  readonly name: string;
  /** The type of its numbers, or null where it is no tensor or not told. */
  readonly dtype: OnnxDtype | number | null;
  /** Lengths, names of lengths that are left open, or null for those that have none; null of unknown rank. */
  readonly shape: readonly (number | string | null)[] | null;
}

/** Operators that feed each other. */
export interface OnnxGraph {
  /** Its name. */
  readonly name: string;
  /** In an order in which they can be run. */
  readonly nodes: readonly OnnxNode[];
  /** Constants by name. */
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  /** What goes in; old files list initializers here too. */
  readonly inputs: readonly OnnxValue[];
  /** What comes out. */
  readonly outputs: readonly OnnxValue[];
}

/** A file of ONNX as plain values. */
export interface OnnxModel {
  /** The version of the file format. */
  readonly irVersion: number;
  /** The version of each set of operators that the file uses, by its name; empty for those of ONNX itself. */
  readonly opsets: ReadonlyMap<string, number>;
  /** The program that wrote the file. */
  readonly producer: string;
  /** That program's version. */
  readonly producerVersion: string;
  /** Strings by key. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The network. */
  readonly graph: OnnxGraph;
}
