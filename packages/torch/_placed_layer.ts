import {
  type LayerRecord,
  layerShapes,
  type Sequential,
  type SequentialRecord,
} from "@gradus/layers";
import { formatShape, type Shape } from "@gradus/tensor";

/** A layer where it stands in a model: what names of tensors and lines of Python are made of. */
export interface PlacedLayer<R extends LayerRecord = LayerRecord> {
  /** As in names of parameters: `3.branch.0`; empty for the model itself. */
  readonly path: string;
  /** Its settings. */
  readonly record: R;
  /** Shape of one input, as Gradus has it. */
  readonly input: Shape;
  /** Shape of one output, as Gradus has it. */
  readonly output: Shape;
  /**
   * The image `[height, width, channels]` whose numbers the flat input has in PyTorch's order, channels
   * first; for a flatten, the image whose numbers its output will have so. Null where the order is Gradus's.
   */
  readonly image: Shape | null;
  /** The layers of a sequential; branch and shortcut of a residual. */
  readonly inner: readonly PlacedLayer[];
}

/**
 * Places the layers of a model, and chooses for each flatten who puts up with PyTorch's order of an image,
 * channels first: the dense layer that follows, with its weights in that order, or where there is none to do
 * it, a flatten that restores Gradus's order.
 */
export function placeModel(model: Sequential): PlacedLayer {
  const { inputShape: input } = model;
  if (input.length === 0) {
    throw new Error(
      "Cannot lay a model out for PyTorch as it must be initialised: call init first",
    );
  }
  // Rows stay rows and images images, or become rows: no layer inside can have another input.
  if (input.length !== 1 && input.length !== 3) {
    throw new TypeError(
      `Cannot lay a model out for PyTorch as its input must be a row or an image: found ${
        formatShape(input)
      }`,
    );
  }
  return place(model.toJSON(), { path: "", input, image: null });
}

type Position = Pick<PlacedLayer, "path" | "input" | "image">;

function place(record: LayerRecord, position: Position): PlacedLayer {
  const { path, input } = position;
  const { output } = layerShapes(record, input);
  const below = (name: string) => path === "" ? name : `${path}.${name}`;
  switch (record.type) {
    case "sequential":
      return { ...position, record, output, inner: placeAll(record, { ...position, below }) };
    case "residual": {
      const inner = [place(record.branch, { ...position, path: below("branch") })];
      if (record.shortcut !== null) {
        inner.push(place(record.shortcut, { ...position, path: below("shortcut") }));
      }
      return { ...position, record, output, inner };
    }
    default:
      return { ...position, record, output, inner: [] };
  }
}

function placeAll(
  { layers }: SequentialRecord,
  { input, below }: Position & { readonly below: (name: string) => string },
): PlacedLayer[] {
  let shape = input;
  let image: Shape | null = null;
  return layers.map((record, i) => {
    if (record.type === "flatten" && isReordered(shape) && meetsDense(layers.slice(i + 1))) {
      image = shape;
    }
    const placed = place(record, { path: below(`${i}`), input: shape, image });
    if (record.type === "dense") image = null;
    shape = placed.output;
    return placed;
  });
}

/** Whether channels last and channels first are two orders of an input's numbers. */
export function isReordered(shape: Shape): boolean {
  return shape.length === 3 && shape[2]! > 1 && shape[0]! * shape[1]! > 1;
}

/** Whether a dense layer follows, with nothing but layers between that treat each feature by itself. */
function meetsDense(layers: readonly LayerRecord[]): boolean {
  for (const { type } of layers) {
    switch (type) {
      case "dense":
        return true;
      case "arctan":
      case "batchNorm":
      case "dropout":
      case "elu":
      case "gelu":
      case "layerNorm":
      case "leakyRelu":
      case "linear":
      case "relu":
      case "scale":
      case "sigmoid":
      case "silu":
      case "softmax":
      case "softplus":
      case "tanh":
        continue;
      case "averagePool2d":
      case "conv2d":
      case "flatten":
      case "globalAveragePool2d":
      case "globalMaxPool2d":
      case "maxPool2d":
      case "residual":
      case "sequential":
        return false;
    }
  }
  return false;
}
