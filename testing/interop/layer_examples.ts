import type { Conv2dRecord, LayerRecord } from "@gradus/layers";
import type { Shape } from "@gradus/tensor";

/** A layer of each kind among others, and the shape of one input. */
export interface LayerExample {
  readonly inputShape: Shape;
  readonly layers: readonly LayerRecord[];
}

const image = [7, 6, 4];
const conv2d: Conv2dRecord = {
  type: "conv2d",
  filters: 4,
  kernel: [3, 3],
  stride: [1, 1],
  padding: "same",
  dilation: [1, 1],
  groups: 1,
  bias: true,
};
const dense = { type: "dense", units: 5, bias: true } as const;
const batchNorm = { type: "batchNorm", epsilon: 1e-3, momentum: 0.4, scale: "trainable" } as const;
const layerNorm = { type: "layerNorm", epsilon: 1e-4 } as const;
const pool = { window: [3, 2], stride: [2, 3], padding: 1 } as const;
const relu = { type: "relu" } as const;
const flatten = { type: "flatten" } as const;

/** A layer that takes any images, before and behind a convolution. */
function around(record: LayerRecord): LayerExample {
  return { inputShape: image, layers: [record, conv2d, record] };
}

/** An example for each kind of layer; a new kind without one does not compile. */
export const layerExamples: Readonly<Record<LayerRecord["type"], readonly LayerExample[]>> = {
  arctan: [around({ type: "arctan" })],
  averagePool2d: (["valid", "same", 1] as const).map((padding) => ({
    inputShape: image,
    layers: [{ type: "averagePool2d", ...pool, padding }],
  })),
  batchNorm: [
    { inputShape: image, layers: [batchNorm, conv2d, batchNorm, flatten, batchNorm, dense] },
    { inputShape: [5, 3], layers: [batchNorm, relu] },
    { inputShape: [5], layers: [batchNorm] },
  ],
  conv2d: [
    { inputShape: image, layers: [conv2d, { ...conv2d, groups: 2, bias: false }] },
    ...(["valid", "same", 1, 2] as const).map((padding) => ({
      inputShape: [9, 8, 2],
      layers: [
        { ...conv2d, kernel: [2, 3], stride: [2, 1], dilation: [1, 2], padding } as const,
        relu,
      ],
    })),
  ],
  dense: [
    { inputShape: [5], layers: [dense, { ...dense, bias: false }] },
    { inputShape: image, layers: [conv2d, flatten, relu, dense] },
  ],
  dropout: [{ inputShape: [5], layers: [{ type: "dropout", rate: 0.5 }, dense] }],
  elu: [around({ type: "elu", alpha: 0.7 })],
  flatten: [
    { inputShape: image, layers: [flatten] },
    { inputShape: image, layers: [conv2d, flatten] },
    { inputShape: [3, 2], layers: [flatten, dense] },
  ],
  gelu: [around({ type: "gelu" })],
  globalAveragePool2d: [{ inputShape: image, layers: [{ type: "globalAveragePool2d" }, dense] }],
  globalMaxPool2d: [{ inputShape: image, layers: [{ type: "globalMaxPool2d" }, relu] }],
  layerNorm: [
    { inputShape: image, layers: [layerNorm, conv2d, layerNorm, flatten, layerNorm] },
    { inputShape: [5, 3], layers: [layerNorm] },
  ],
  leakyRelu: [around({ type: "leakyRelu", alpha: 0.2 })],
  linear: [{ inputShape: [5], layers: [{ type: "linear" }] }],
  maxPool2d: (["valid", "same", 1] as const).map((padding) => ({
    inputShape: image,
    layers: [{ type: "maxPool2d", ...pool, padding }],
  })),
  relu: [around(relu)],
  residual: [
    { inputShape: image, layers: [{ type: "residual", branch: conv2d, shortcut: null }] },
    { inputShape: image, layers: [{ type: "residual", branch: conv2d, shortcut: layerNorm }] },
    {
      inputShape: image,
      layers: [conv2d, {
        type: "residual",
        branch: { type: "sequential", layers: [conv2d, flatten, dense] },
        shortcut: { type: "sequential", layers: [flatten, dense] },
      }],
    },
  ],
  scale: [around({ type: "scale", factor: 1 / 9 })],
  sequential: [{
    inputShape: image,
    layers: [{ type: "sequential", layers: [conv2d, { type: "sequential", layers: [relu] }] }],
  }],
  sigmoid: [around({ type: "sigmoid" })],
  silu: [around({ type: "silu" })],
  softmax: [around({ type: "softmax" }), { inputShape: [5], layers: [{ type: "softmax" }] }],
  softplus: [around({ type: "softplus" })],
  tanh: [around({ type: "tanh" })],
};
