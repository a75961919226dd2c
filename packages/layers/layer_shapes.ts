import {
  assertShape,
  equalShapes,
  formatShape,
  type Shape,
  ShapeError,
  sizeOf,
} from "@gradus/tensor";
import { imageShape } from "./_image_shape.ts";
import { nameLayer } from "./_name_layer.ts";
import { placeWindows } from "./_place_windows.ts";
import type { Conv2dRecord } from "./conv2d.ts";
import { layerFromJson } from "./layer_from_json.ts";
import type { LayerRecord } from "./layer_record.ts";
import type { MaxPool2dRecord } from "./max_pool2d.ts";
import type { ResidualRecord } from "./residual.ts";
import type { SequentialRecord } from "./sequential.ts";

/** A tensor that a layer will have. */
export interface NamedShape {
  /** As the parameter's or the state's, in a model with its path: `3.branch.0.weight`. */
  readonly name: string;
  /** Its lengths. */
  readonly shape: Shape;
}

/** What {@linkcode layerShapes} tells of a layer. */
export interface LayerShapes {
  /** One output, without the batch. */
  readonly output: Shape;
  /** Its parameters, in their order. */
  readonly parameters: readonly NamedShape[];
  /** The tensors among its states, in their order. */
  readonly state: readonly NamedShape[];
}

/**
 * The shapes that a layer has once it is initialised, without allocating any of its tensors.
 *
 * Whoever makes a model from a file compares them with what the file holds, before a line of it can ask
 * for more memory than the file has bytes.
 *
 * @param record What `toJSON` of a layer returned, possibly by way of a file.
 * @param inputShape Shape of one input, without the batch.
 * @returns Shapes of output, parameters and states.
 * @throws {TypeError} If the record is no layer's.
 * @throws {RangeError} If a setting is out of range.
 * @throws {ShapeError} If the layer has no meaning for such inputs.
 *
 * @example
 * ```ts
 * import { layerShapes } from "@gradus/layers";
 * import { assertEquals } from "@std/assert";
 *
 * const dense = { type: "dense", units: 1e9, bias: false } as const;
 * assertEquals(layerShapes(dense, [4]), {
 *   output: [1e9],
 *   parameters: [{ name: "weight", shape: [4, 1e9] }],
 *   state: [],
 * });
 * ```
 */
export function layerShapes(record: LayerRecord, inputShape: Shape): LayerShapes {
  assertShape(inputShape);
  // A layer checks its own settings, and allocates nothing before init.
  return shapesOf(layerFromJson(record).toJSON!(), inputShape);
}

function shapesOf(record: LayerRecord, input: Shape): LayerShapes {
  switch (record.type) {
    case "arctan":
    case "dropout":
    case "elu":
    case "gelu":
    case "leakyRelu":
    case "linear":
    case "relu":
    case "scale":
    case "sigmoid":
    case "silu":
    case "softplus":
    case "tanh":
      return { output: input, parameters: [], state: [] };
    case "softmax":
      return { output: rowsOf("classes", input, "softmax"), parameters: [], state: [] };
    case "batchNorm":
      return normShapes(rowsOf("channels", input, "batch norm"), [
        "runningMean",
        "runningVariance",
      ]);
    case "layerNorm":
      return normShapes(rowsOf("features", input, "layer norm"), []);
    case "averagePool2d":
      return poolShapes(record, input, "average pool");
    case "maxPool2d":
      return poolShapes(record, input, "max pool");
    case "globalAveragePool2d":
      return wholeShapes(input, "global average pool");
    case "globalMaxPool2d":
      return wholeShapes(input, "global max pool");
    case "flatten":
      return { output: [sizeOf(input)], parameters: [], state: [] };
    case "dense": {
      if (input.length !== 1) {
        throw new ShapeError(
          `Cannot initialise dense as inputs must have one axis, which Flatten makes: found ${
            formatShape(input)
          }`,
        );
      }
      const { units, bias } = record;
      return { output: [units], parameters: weights([input[0]!, units], bias), state: [] };
    }
    case "conv2d":
      return convShapes(record, input);
    case "residual":
      return residualShapes(record, input);
    case "sequential":
      return sequentialShapes(record, input);
  }
}

function rowsOf(what: string, input: Shape, layer: string): Shape {
  if (input.length > 0) return input;
  throw new ShapeError(
    `Cannot initialise ${layer} as inputs must have an axis of ${what}: found []`,
  );
}

function normShapes(input: Shape, statistics: readonly string[]): LayerShapes {
  const shape = [input.at(-1)!];
  const named = (name: string) => ({ name, shape });
  return { output: input, parameters: ["scale", "shift"].map(named), state: statistics.map(named) };
}

function poolShapes(
  { window, stride, padding }: Pick<MaxPool2dRecord, "window" | "stride" | "padding">,
  input: Shape,
  layer: string,
): LayerShapes {
  const [height, width, channels] = imageShape(input, { layer });
  const settings = { span: window, stride, padding, layer, window: "window" };
  const { outputSize } = placeWindows([height, width], settings);
  return { output: [...outputSize, channels], parameters: [], state: [] };
}

function wholeShapes(input: Shape, layer: string): LayerShapes {
  const [, , channels] = imageShape(input, { layer });
  return { output: [channels], parameters: [], state: [] };
}

function convShapes(record: Conv2dRecord, input: Shape): LayerShapes {
  const { filters, kernel, stride, padding, dilation, groups, bias } = record;
  const [height, width, channels] = imageShape(input, { layer: "conv2d" });
  if (channels % groups !== 0) {
    throw new ShapeError(
      `Cannot initialise conv2d as ${groups} groups must divide the channels: found ${
        formatShape(input)
      }`,
    );
  }
  const { outputSize } = placeWindows([height, width], {
    span: [(kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1],
    stride,
    padding,
    layer: "conv2d",
    window: "kernel with its holes",
  });
  return {
    output: [...outputSize, filters],
    parameters: weights([...kernel, channels / groups, filters], bias),
    state: [],
  };
}

function weights(shape: Shape, hasBias: boolean): NamedShape[] {
  const weight = { name: "weight", shape };
  return hasBias ? [weight, { name: "bias", shape: [shape.at(-1)!] }] : [weight];
}

function residualShapes({ branch, shortcut }: ResidualRecord, input: Shape): LayerShapes {
  const paths = [inside("branch", branch, input)];
  if (shortcut !== null) paths.push(inside("shortcut", shortcut, input));
  const [{ output }, { output: other } = { output: input }] = paths as [LayerShapes, LayerShapes?];
  if (!equalShapes(output, other)) {
    throw new ShapeError(
      `Cannot initialise residual as branch and ${
        shortcut === null ? "input" : "shortcut"
      } must have one shape: found ${formatShape(output)} and ${formatShape(other)}`,
    );
  }
  return joined(paths, output);
}

function sequentialShapes({ layers }: SequentialRecord, input: Shape): LayerShapes {
  let output = input;
  const all = layers.map((layer, place) => {
    const shapes = inside(`${place}`, layer, output);
    output = shapes.output;
    return shapes;
  });
  return joined(all, output);
}

/** The shapes of a layer inside of another, by their longer names. */
function inside(path: string, record: LayerRecord, input: Shape): LayerShapes {
  const longer = ({ name, shape }: NamedShape) => ({ name: `${path}.${name}`, shape });
  try {
    const { output, parameters, state } = shapesOf(record, input);
    return { output, parameters: parameters.map(longer), state: state.map(longer) };
  } catch (error) {
    throw nameLayer(error, path);
  }
}

function joined(all: readonly LayerShapes[], output: Shape): LayerShapes {
  return {
    output,
    parameters: all.flatMap(({ parameters }) => parameters),
    state: all.flatMap(({ state }) => state),
  };
}
