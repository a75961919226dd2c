import { type Shape, sizeOf } from "@gradus/tensor";
import { behindBatch, channelsFirst, channelsLast, type Transposition } from "./_transpose.ts";
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "./onnx_model.ts";

/** What flows between the nodes of a network's graph. */
export interface GraphValue {
  readonly name: string;
  /** What it is in Gradus, without the batch. */
  readonly shape: Shape;
  /**
   * Null where the graph has it as Gradus does. Else the graph has `[batch, channels, …]` of this shape
   * `[…, channels]`: the value's own, or, of a value with one axis, that of the image it is a row of.
   */
  readonly image: Shape | null;
}

/** A graph to which nodes are added. */
export class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: Map<string, OnnxTensor> = new Map();
  readonly transpositions: Map<string, Transposition> = new Map();
  // What two nodes want is made once.
  readonly #made = new Map<string, GraphValue>();

  /** Adds a node. It has the name of the value that it makes, which is returned. */
  add(
    operator: string,
    name: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    const settings = new Map(Object.entries(attributes));
    this.nodes.push({ name, operator, domain: "", inputs, outputs: [name], attributes: settings });
    return name;
  }

  /** Adds a number. */
  constant(name: string, value: number): string {
    const data = Float32Array.of(value);
    this.initializers.set(name, { name, dtype: "float", dims: [], data, isExternal: false });
    return name;
  }

  /** Adds a parameter or state, whose axes may stand in another order than in Gradus. */
  weight(name: string, dims: Shape, transposition: Transposition | null = null): string {
    this.initializers.set(name, { name, dtype: "float", dims, data: null, isExternal: false });
    if (transposition !== null) this.transpositions.set(name, transposition);
    return name;
  }

  /** A value as `[batch, channels, …]`; one of one axis stays as it is. */
  channelsFirst(value: GraphValue): GraphValue {
    const { name, shape, image } = value;
    if (image !== null || shape.length < 2) return value;
    return this.#once(`${name}.channelsFirst`, (transposed) => {
      const perm = ints(behindBatch(channelsFirst(shape.length)));
      return { name: this.add("Transpose", transposed, [name], { perm }), shape, image: shape };
    });
  }

  /** A value as Gradus has it. */
  channelsLast(value: GraphValue): GraphValue {
    const { name, shape, image } = value;
    if (image === null) return value;
    const transposed = this.#once(`${name}.channelsLast`, (transposed) => {
      const perm = ints(behindBatch(channelsLast(image.length)));
      return {
        name: this.add("Transpose", transposed, [name], { perm }),
        shape: image,
        image: null,
      };
    });
    return shape.length === image.length ? transposed : this.flat(transposed);
  }

  /** Each input in one row, in the order of the graph. */
  flat({ name, shape }: GraphValue): GraphValue {
    return this.#once(`${name}.flat`, (flat) => {
      return { name: this.add("Flatten", flat, [name]), shape: [sizeOf(shape)], image: null };
    });
  }

  #once(name: string, make: (name: string) => GraphValue): GraphValue {
    const value = this.#made.get(name) ?? make(name);
    this.#made.set(name, value);
    return value;
  }
}

/** An attribute that is a whole number. */
export function int(value: number): OnnxAttribute {
  return { type: "int", value };
}

/** An attribute that is a list of whole numbers. */
export function ints(value: readonly number[]): OnnxAttribute {
  return { type: "ints", value };
}

/** An attribute that is a number, of single precision in the file. */
export function float(value: number): OnnxAttribute {
  return { type: "float", value: Math.fround(value) };
}
