import { alternatingFlip, type Dataset, ImageBatches, translate } from "@gradus/data";
import {
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Flatten,
  Gelu,
  MaxPool2d,
  Sequential,
} from "@gradus/layers";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { oneCycle, Sgd } from "@gradus/optim";
import { random } from "@gradus/random";
import type { Backend } from "@gradus/tensor";
import { WeightAverage } from "@gradus/train";

/** Random images `[rows, 4, 4, 3]`, whose class, 0 to 2, is their brightest channel. */
export function smallImages(rows: number, seed = 0): Dataset<Int32Array, Uint8Array> {
  const stream = random(seed);
  const labels = Int32Array.from({ length: rows }, (_, row) => row % 3);
  const data = Uint8Array.from(
    { length: rows * 48 },
    (_, i) => stream.integer(i % 3 === labels[Math.floor(i / 48)] ? 256 : 180),
  );
  return { x: { data, shape: [rows, 4, 4, 3] }, y: { data: labels, shape: [rows] } };
}

/** A network with every kind of state: frozen weights, batch norm, dropout. */
export function smallModel(backend: Backend, stream = random(0)): Sequential {
  const model = new Sequential([
    new Conv2d(4, { kernel: 3, padding: "same", bias: false }),
    new MaxPool2d(2),
    new BatchNorm({ momentum: 0.4, scale: "frozen" }),
    new Gelu(),
    new Flatten(),
    new Dropout(0.25),
    new Dense(3),
  ]);
  model.init([4, 4, 3], { backend, random: stream });
  model.parameters[0]!.trainable = false;
  return model;
}

/** What moves a {@linkcode smallModel}, with states of its own: momentum, steps, averages. */
export function smallTraining(model: Sequential, steps: number) {
  return {
    model,
    loss: new SoftmaxCrossEntropy({ labelSmoothing: 0.1 }),
    optimizer: new Sgd(model.parameters, {
      learningRate: oneCycle({ peak: 0.05, steps }),
      momentum: 0.9,
      nesterov: true,
      weightDecay: 1e-3,
    }),
    average: new WeightAverage(model, {
      decay: (step) => step / (step + 4),
      every: 2,
      lookahead: true,
    }),
  };
}

/** Rows to train on, changed at random, and rows to validate by. */
export function smallBatches() {
  const statistics = { mean: [0.4, 0.4, 0.4], deviation: [0.25, 0.25, 0.25] };
  return {
    training: new ImageBatches(smallImages(14), {
      ...{ size: 4, seed: 3, statistics },
      augment: [alternatingFlip(), translate({ pixels: 1 })],
    }),
    validation: new ImageBatches(smallImages(6, 1), { size: 4, statistics }),
  };
}
