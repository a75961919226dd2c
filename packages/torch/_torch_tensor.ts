import { type NumericArray, type Shape, sizeOf, stridesOf } from "@gradus/tensor";
import type { PlacedLayer } from "./_placed_layer.ts";

/** A parameter or state of a model as PyTorch has it. */
export interface TorchTensor {
  /** Its name in PyTorch: `3.branch.0.weight`. */
  readonly name: string;
  /** Its name here: `3.branch.0.scale`. */
  readonly own: string;
  /** Its shape in PyTorch. */
  readonly shape: Shape;
  /** Its shape here. */
  readonly ownShape: Shape;
  /** Which of the numbers here each number of PyTorch is, in its order; null where the orders are one. */
  readonly places: Int32Array | null;
}

/** The tensors of a placed layer and of all inside of it, parameters and states. */
export function torchTensors(layer: PlacedLayer): TorchTensor[] {
  const { path, record, input, image, inner } = layer;
  if (inner.length > 0) return inner.flatMap(torchTensors);
  const named = (own: string, name: string) => ({
    name: `${path}.${name}`,
    own: `${path}.${own}`,
  });
  const features = (own: string, name: string): TorchTensor => {
    const shape = [input.at(-1)!];
    return {
      ...named(own, name),
      ...{ shape, ownShape: shape },
      places: image === null ? null : channelsFirst(image),
    };
  };
  switch (record.type) {
    case "batchNorm":
      return [
        features("scale", "weight"),
        features("shift", "bias"),
        features("runningMean", "running_mean"),
        features("runningVariance", "running_var"),
      ];
    case "layerNorm":
      return [features("scale", "weight"), features("shift", "bias")];
    case "conv2d": {
      const { kernel, groups, filters } = record;
      const ownShape = [...kernel, input[2]! / groups, filters];
      const weight = permuted(named("weight", "weight"), ownShape, [3, 2, 0, 1]);
      return withBias(weight, record.bias, { ...named("bias", "bias"), filters });
    }
    case "dense": {
      const { units } = record;
      const ownShape = [input[0]!, units];
      const weight = permuted(named("weight", "weight"), ownShape, [1, 0]);
      const places = image === null ? weight.places! : throughRows(weight, channelsFirst(image));
      return withBias({ ...weight, places }, record.bias, {
        ...named("bias", "bias"),
        filters: units,
      });
    }
    default:
      return [];
  }
}

/** A whole tensor from here in PyTorch's order. */
export function toTorch(values: NumericArray, { places }: TorchTensor): Float32Array {
  return places === null
    ? Float32Array.from(values)
    : Float32Array.from(places, (place) => values[place]!);
}

/** A whole tensor of PyTorch's in the order here. */
export function fromTorch(values: ArrayLike<number>, { places }: TorchTensor): Float32Array {
  if (places === null) return Float32Array.from(values);
  const own = new Float32Array(places.length);
  places.forEach((place, i) => own[place] = values[i]!);
  return own;
}

function withBias(
  weight: TorchTensor,
  hasBias: boolean,
  { filters, ...names }: Pick<TorchTensor, "name" | "own"> & { readonly filters: number },
): TorchTensor[] {
  const shape = [filters];
  return hasBias ? [weight, { ...names, shape, ownShape: shape, places: null }] : [weight];
}

/** A tensor whose axes PyTorch has in another order. */
function permuted(
  names: Pick<TorchTensor, "name" | "own">,
  ownShape: Shape,
  axes: readonly number[],
): TorchTensor {
  return {
    ...names,
    shape: axes.map((axis) => ownShape[axis]!),
    ownShape,
    places: permutedPlaces(ownShape, axes),
  };
}

/** Which number each one is after a transposition. */
function permutedPlaces(shape: Shape, axes: readonly number[]): Int32Array {
  const strides = stridesOf(shape);
  let places = new Int32Array([0]);
  for (const axis of axes) {
    const [length, stride] = [shape[axis]!, strides[axis]!];
    const longer = new Int32Array(places.length * length);
    places.forEach((place, i) => {
      for (let j = 0; j < length; j++) longer[i * length + j] = place + j * stride;
    });
    places = longer;
  }
  return places;
}

/** Which number of an image `[height, width, channels]` each one is with its channels first. */
function channelsFirst(image: Shape): Int32Array {
  return permutedPlaces(image, [2, 0, 1]);
}

/** The places of a dense weight `[units, in]` whose inputs come in another order. */
function throughRows({ ownShape }: TorchTensor, order: Int32Array): Int32Array {
  const [inputs, units] = ownShape as [number, number];
  const places = new Int32Array(sizeOf(ownShape));
  for (let unit = 0; unit < units; unit++) {
    for (let i = 0; i < inputs; i++) places[unit * inputs + i] = order[i]! * units + unit;
  }
  return places;
}
