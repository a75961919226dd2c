import { layerShapes } from "@gradus/layers";
import { formatShape, type Shape, sizeOf } from "@gradus/tensor";
import { few, quote } from "./_quote.ts";
import { type FoundLayer, nextStep } from "./_steps.ts";
import type { Flow, Value } from "./_values.ts";
import type { OnnxAttributeValues, OnnxNode, OnnxTensor } from "./onnx_model.ts";
import { UnsupportedOnnxError } from "./unsupported_onnx_error.ts";

/** What is known of a graph when a node is read. */
export interface GraphState {
  /** The name of the file, for messages. */
  readonly file: string;
  /** The version of the operators. */
  readonly opset: number;
  /** How many inputs the graph takes at once; null for any number. */
  readonly batch: number | null;
  /** What each name stands for that was met so far. */
  readonly values: ReadonlyMap<string, Value>;
}

/** A tensor of real numbers that is part of the file. */
export interface Weight {
  readonly data: Float32Array;
  readonly dims: Shape;
}

/**
 * A node of a graph, for the function that makes a layer of it: gives inputs and attributes of the types
 * that are asked for, and knows at the end which of them nobody asked for.
 */
export class NodeReader {
  /** The version of the operators. */
  readonly opset: number;
  /** How many inputs the graph takes at once; null for any number. */
  readonly batch: number | null;
  readonly #node: OnnxNode;
  readonly #state: GraphState;
  readonly #place: number;
  readonly #readInputs = new Set<number>();
  readonly #readAttributes = new Set<string>();

  constructor(node: OnnxNode, place: number, state: GraphState) {
    this.opset = state.opset;
    this.batch = state.batch;
    this.#node = node;
    this.#place = place;
    this.#state = state;
  }

  /** Whether an input is there; an optional one may be left out. */
  has(place: number): boolean {
    return (this.#node.inputs[place] ?? "") !== "";
  }

  /** An input, whatever it is. */
  value(place: number): Value {
    this.#readInputs.add(place);
    if (!this.has(place)) this.broken(`it must have an input ${place}`, "none");
    const name = this.#node.inputs[place]!;
    const value = this.#state.values.get(name);
    if (value === undefined) {
      this.broken("what goes into it must be made before it", `${quote(name)}, which is not`);
    }
    return value;
  }

  /** An input that a layer makes. */
  flow(place: number): Flow {
    return this.asFlow(this.value(place), `its input ${place}`);
  }

  /** A value that a layer makes. */
  asFlow(value: Value, what: string): Flow {
    if (value.kind === "flow") return value;
    this.unsupported(
      `${what} must be what a layer makes`,
      value.kind === "constant" ? "a constant" : "a part of a function that is none here",
    );
  }

  /** An input of real numbers with so many axes, each of length 1 at least. */
  weight(place: number, rank: number): Weight {
    const { data, dims, dtype } = this.#tensor(place);
    if (dims.length !== rank || dims.includes(0)) {
      this.unsupported(`its input ${place} must have ${rank} axes`, `[${few(dims)}]`);
    }
    if (!(data instanceof Float32Array)) {
      this.unsupported(`its input ${place} must be float`, `${dtype}`);
    }
    return { data, dims };
  }

  /** An input of integers. */
  integers(place: number): readonly number[] {
    const { data, dtype } = this.#tensor(place);
    if (!Array.isArray(data)) this.unsupported(`its input ${place} must be integers`, `${dtype}`);
    return data;
  }

  /** An attribute that is a whole number. */
  int<Missing extends number | null>(name: string, missing: Missing): number | Missing {
    return this.#attribute(name, "int") ?? missing;
  }

  /** An attribute that is a list of whole numbers; null where it is missing. */
  ints(name: string): readonly number[] | null {
    return this.#attribute(name, "ints");
  }

  /** An attribute that is a number. */
  float<Missing extends number | null>(name: string, missing: Missing): number | Missing {
    return this.#attribute(name, "float") ?? missing;
  }

  /** An attribute that is a list of numbers; null where it is missing. */
  floats(name: string): readonly number[] | null {
    return this.#attribute(name, "floats");
  }

  /** An attribute that is text. */
  text(name: string, missing: string): string {
    return this.#attribute(name, "string") ?? missing;
  }

  /** An attribute that is a tensor; null where it is missing. */
  tensor(name: string): OnnxTensor | null {
    return this.#attribute(name, "tensor");
  }

  /**
   * What a layer makes of a value.
   *
   * @param x The value.
   * @param layer The layer, whose settings and numbers are checked against the value's shape.
   * @param formOf How a result of a shape lies in the graph. Default: as `x` does.
   */
  append(
    x: Flow,
    layer: FoundLayer,
    formOf: (output: Shape) => Pick<Flow, "physical" | "image"> = () => x,
  ): Flow {
    const { output, sizes } = this.#shapesOf(layer, x.shape);
    const found = [...layer.parameters, ...layer.state].map(({ length }) => length);
    if (found.join() !== sizes.join()) {
      this.broken(
        `its weights must have ${sizes.join(", ")} numbers for inputs ${formatShape(x.shape)}`,
        found.join(", "),
      );
    }
    const { physical, image } = formOf(output);
    return { kind: "flow", step: nextStep(x.step, layer), shape: output, physical, image };
  }

  /** Asserts that nobody overlooked an input, an attribute or an output. */
  finish(): void {
    const { inputs, attributes, outputs } = this.#node;
    inputs.forEach((name, place) => {
      if (name !== "" && !this.#readInputs.has(place)) {
        this.unsupported("it must have no further input", quote(name));
      }
    });
    for (const name of attributes.keys()) {
      if (!this.#readAttributes.has(name)) {
        this.unsupported("it must have no further attribute", quote(name));
      }
    }
    if (outputs[0] === "" || outputs.some((name, place) => place > 0 && name !== "")) {
      this.unsupported("it must have one output", few(outputs.map(quote)));
    }
  }

  /** Throws the error of a file that contradicts itself. */
  broken(requirement: string, found: string): never {
    throw new SyntaxError(this.#message(requirement, found));
  }

  /** Throws the error of a node that is no layer here. */
  unsupported(requirement: string, found: string, cause?: unknown): never {
    throw new UnsupportedOnnxError(this.#message(requirement, found), { cause });
  }

  #message(requirement: string, found: string): string {
    const { name, operator } = this.#node;
    const place = `${operator} at node ${this.#place}${name === "" ? "" : ` ${quote(name)}`}`;
    return `Cannot decode ${place} of ${this.#state.file} as ${requirement}: found ${found}`;
  }

  #tensor(place: number): OnnxTensor {
    const value = this.value(place);
    if (value.kind !== "constant") {
      this.unsupported(`its input ${place} must be a constant`, "what a layer makes");
    }
    if (value.tensor.isExternal) {
      this.unsupported(`its input ${place} must be in this file`, "that it is in another");
    }
    return value.tensor;
  }

  #attribute<Type extends keyof OnnxAttributeValues>(
    name: string,
    type: Type,
  ): OnnxAttributeValues[Type] | null {
    this.#readAttributes.add(name);
    const attribute = this.#node.attributes.get(name);
    if (attribute === undefined) return null;
    if (attribute.type !== type) {
      this.broken(`its attribute ${name} must be of type ${type}`, attribute.type);
    }
    return attribute.value as OnnxAttributeValues[Type];
  }

  /** What a layer makes of inputs of a shape, and how many numbers each of its tensors has. */
  #shapesOf({ record }: FoundLayer, inputShape: Shape): { output: Shape; sizes: number[] } {
    try {
      const { output, parameters, state } = layerShapes(record, inputShape);
      const sizes = [...parameters, ...state].map(({ shape }) => sizeOf(shape));
      if (Number.isSafeInteger(sizeOf(output))) return { output, sizes };
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
      this.unsupported("a layer must take its input and settings", error.message, error);
    }
    this.unsupported("its output must have less than 2^53 numbers", formatShape(inputShape));
  }
}
