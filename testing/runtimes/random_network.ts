import {
  AveragePool2d,
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Flatten,
  Gelu,
  GlobalAveragePool2d,
  type Layer,
  LayerNorm,
  LeakyRelu,
  MaxPool2d,
  Relu,
  Residual,
  Sequential,
  Sigmoid,
  Silu,
  Tanh,
} from "@gradus/layers";
import type { Random } from "@gradus/random";
import type { Shape } from "@gradus/tensor";

/** A network, before `init`. */
export interface RandomNetwork {
  readonly model: Sequential;
  readonly inputShape: Shape;
  readonly classes: number;
  /** The most rows of a batch; the fewest are 2, as batch norm needs. */
  readonly rows: number;
}

/** Draws a classifier of vectors or of images, small enough for hundreds of steps a second. */
export function randomNetwork(stream: Random): RandomNetwork {
  const classes = between(stream, 2, 12);
  const rows = between(stream, 2, 70);
  if (stream.integer(2) === 0) {
    const inputShape = [between(stream, 1, 300)];
    const hidden = Array.from(
      { length: between(stream, 0, 3) },
      () => [new Dense(between(stream, 1, 300)), ...unit(stream)],
    );
    const layers = [...hidden.flat(), new Dense(classes)];
    return { model: new Sequential(layers), inputShape, classes, rows };
  }
  const [height, width] = [between(stream, 6, 20), between(stream, 6, 20)];
  const channels = between(stream, 1, 9);
  const layers = [...convolutions(stream, channels), new Dense(classes)];
  return { model: new Sequential(layers), inputShape: [height, width, channels], classes, rows };
}

/** Convolutions that keep the image or halve it, then what makes a vector of it. */
function convolutions(stream: Random, channels: number): Layer[] {
  const layers: Layer[] = [];
  for (let i = between(stream, 1, 3); i > 0; i--) {
    const groups = pick(stream, [1, 1, 1, channels]);
    channels = groups * between(stream, 1, groups > 1 ? 2 : 20);
    layers.push(
      new Conv2d(channels, {
        kernel: [between(stream, 1, 4), between(stream, 1, 4)],
        stride: [pick(stream, [1, 1, 2]), pick(stream, [1, 1, 2])],
        dilation: pick(stream, [1, 1, 2]),
        padding: "same",
        groups,
      }),
      ...unit(stream),
    );
    if (stream.integer(3) === 0) {
      const branch = [new Conv2d(channels, { kernel: 3, padding: "same" }), ...unit(stream)];
      layers.push(new Residual(branch));
    }
    if (stream.integer(3) === 0) {
      const options = { stride: pick(stream, [1, 2]), padding: "same" } as const;
      layers.push(
        stream.integer(2) === 0 ? new MaxPool2d(2, options) : new AveragePool2d(3, options),
      );
    }
  }
  return [...layers, stream.integer(2) === 0 ? new Flatten() : new GlobalAveragePool2d()];
}

/** What stands behind a layer with weights. */
function unit(stream: Random): Layer[] {
  const norm = pick(stream, [null, () => new BatchNorm(), () => new LayerNorm()]);
  const activation = pick<() => Layer>(stream, [
    () => new Relu(),
    () => new LeakyRelu(),
    () => new Gelu(),
    () => new Silu(),
    () => new Tanh(),
    () => new Sigmoid(),
  ]);
  const dropout = stream.integer(4) === 0 ? [new Dropout(0.2)] : [];
  return [...norm === null ? [] : [norm()], activation(), ...dropout];
}

function between(stream: Random, least: number, most: number): number {
  return least + stream.integer(most - least + 1);
}

function pick<T>(stream: Random, values: readonly T[]): T {
  return values[stream.integer(values.length)]!;
}
