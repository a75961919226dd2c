import { filled, labels, weightScale } from "../workloads/filled.ts";
import type { Network, NetworkLayer } from "./networks.ts";

/** Numbers row-major in a shape. */
export interface Numbers {
  readonly data: Float32Array<ArrayBuffer>;
  readonly shape: readonly number[];
}

/** The matrices of W1, and how many products a run does. */
export function matricesOf(
  workload: string,
  amount: number,
): { readonly a: Numbers; readonly b: Numbers; readonly times: number } {
  const size = Number(workload.slice(3));
  const rows = Math.min(size, amount);
  return {
    a: numbers([rows, size], { seed: 0 }),
    b: numbers([size, size], { seed: 1 }),
    times: Math.ceil(amount / rows),
  };
}

/** Images `[n, h, w, c]`, kernel `[h, w, in, out]` and gradient of W2. */
export function convolutionOf(
  amount: number,
): { readonly x: Numbers; readonly kernel: Numbers; readonly dy: Numbers } {
  return {
    x: numbers([amount, 32, 32, 32], { seed: 0 }),
    kernel: numbers([3, 3, 32, 64], { seed: 1, scale: weightScale(9 * 32) }),
    dy: numbers([amount, 32, 32, 64], { seed: 2 }),
  };
}

/** The first weights of a network's layers: `[h, w, in, out]` or `[in, out]`. */
export function weightsOf({ layers }: Network): Numbers[] {
  return layers.flatMap(weightShape).map((shape, place) => {
    const inputs = shape.slice(0, -1).reduce((product, length) => product * length);
    return numbers(shape, { seed: 10 + place, scale: weightScale(inputs) });
  });
}

function weightShape(layer: NetworkLayer): (readonly number[])[] {
  if (layer.type === "conv") return [[3, 3, layer.channels, layer.filters]];
  return layer.type === "dense" ? [[layer.inputs, layer.units]] : [];
}

/** The batches of an epoch: images `[n, …]`, and a label for each. */
export function batchesOf(
  { batchSizes, inputShape, classes }: Network,
  amount: number,
): { readonly x: Numbers; readonly y: Int32Array<ArrayBuffer> }[] {
  return batchSizes(amount).map((rows, place) => ({
    x: numbers([rows, ...inputShape], { seed: 100 + place }),
    y: labels(rows, classes),
  }));
}

/** Labels as rows with a single 1. */
export function oneHot(labels: Int32Array, classes: number): Numbers {
  const data = new Float32Array(labels.length * classes);
  labels.forEach((label, row) => data[row * classes + label] = 1);
  return { data, shape: [labels.length, classes] };
}

/** `out.shape[i] = shape[permutation[i]]`: for peers that keep channels elsewhere. */
export function transposed({ data, shape }: Numbers, permutation: readonly number[]): Numbers {
  const strides = shape.map((_, axis) =>
    shape.slice(axis + 1).reduce((product, length) => product * length, 1)
  );
  const newShape = permutation.map((axis) => shape[axis]!);
  const result = new Float32Array(data.length);
  const places = newShape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    let from = 0;
    for (let axis = 0; axis < places.length; axis++) {
      from += places[axis]! * strides[permutation[axis]!]!;
    }
    result[i] = data[from]!;
    for (let axis = places.length - 1; axis >= 0 && ++places[axis]! === newShape[axis]; axis--) {
      places[axis] = 0;
    }
  }
  return { data: result, shape: newShape };
}

/**
 * The rows of the weight of a dense layer behind images, from the order height, width, channel to
 * channel, height, width.
 */
export function rowsByChannel(weight: Numbers, channels: number): Numbers {
  const [inputs, units] = weight.shape;
  const side = Math.sqrt(inputs! / channels);
  const images = { data: weight.data, shape: [side, side, channels, units!] };
  return { data: transposed(images, [2, 0, 1, 3]).data, shape: weight.shape };
}

function numbers(
  shape: readonly number[],
  options: { readonly seed: number; readonly scale?: number },
): Numbers {
  return { data: filled(shape.reduce((size, length) => size * length), options), shape };
}
