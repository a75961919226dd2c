import { Batches } from "@gradus/data/batches";
import type { Dataset } from "@gradus/data/dataset";
import {
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Flatten,
  MaxPool2d,
  Relu,
  Sequential,
} from "@gradus/layers";
import { AdamW, type Optimizer } from "@gradus/optim";
import { random } from "@gradus/random";
import type { Backend } from "@gradus/tensor";

/** A model, what moves it, and what it learns from. */
export interface ConvolutionalTraining {
  readonly model: Sequential;
  readonly optimizer: Optimizer;
  readonly batches: Batches;
}

/** Noise, with a bright quarter, which is the label. */
function quarters(count: number): Dataset {
  const [side, channels] = [9, 2];
  const stream = random(1);
  const labels = Int32Array.from({ length: count }, (_, image) => image % 4);
  const pixels = Float32Array.from({ length: count * side * side * channels }, (_, i) => {
    const pixel = Math.floor(i / channels) % (side * side);
    const [row, column] = [Math.floor(pixel / side), pixel % side];
    const quarter = (row > side / 2 ? 2 : 0) + (column > side / 2 ? 1 : 0);
    const isBright = quarter === labels[Math.floor(i / (side * side * channels))];
    return stream.normal() + (isBright ? 1 : 0);
  });
  return {
    x: { data: pixels, shape: [count, side, side, channels] },
    y: { data: labels, shape: [count] },
  };
}

/** A network with every kind of layer that one for images has, which learns where an image is bright. */
export function convolutionalTraining(backend: Backend): ConvolutionalTraining {
  const model = new Sequential([
    new Conv2d(6, { kernel: 3, stride: 2, padding: "same" }),
    new BatchNorm(),
    new Relu(),
    new Conv2d(6, { kernel: 3, padding: "same", groups: 2 }),
    new MaxPool2d(2),
    new Flatten(),
    new Dropout(0.1),
    new Dense(4),
  ]);
  const images = quarters(70);
  model.init(images.x.shape.slice(1), { backend, random: random(0) });
  const optimizer = new AdamW(model.parameters, { learningRate: 0.01, clipNorm: 1 });
  return { model, optimizer, batches: new Batches(images, { size: 32, seed: 0 }) };
}
