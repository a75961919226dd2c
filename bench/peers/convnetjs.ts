/**
 * convnetjs, which takes one image at a time.
 *
 * @module
 */
import convnetjs from "convnetjs";
import { type Network, networks } from "./networks.ts";
import { batchesOf, convolutionOf, type Numbers, weightsOf } from "./peer_inputs.ts";
import { type Run, serve, type Setup } from "./serve.ts";

interface Vol {
  w: Float64Array;
  dw: Float64Array;
}

interface ConvNetLayer {
  readonly filters?: Vol[];
  readonly biases?: Vol;
  out_act: Vol;
  forward(x: Vol, isTraining: boolean): Vol;
  backward(): void;
}

/** The part of the library that is used here; it has no types of its own. */
interface ConvNetJs {
  readonly Vol: new (width: number, height: number, depth: number, value: number) => Vol;
  readonly ConvLayer: new (options: Record<string, number>) => ConvNetLayer;
  readonly Net: new () => {
    readonly layers: ConvNetLayer[];
    makeLayers(definitions: Record<string, string | number>[]): void;
  };
  readonly Trainer: new (net: unknown, options: Record<string, string | number>) => {
    train(x: Vol, label: number): { cost_loss: number };
  };
}

const { Vol, ConvLayer, Net, Trainer } = convnetjs as unknown as ConvNetJs;

await serve((name): Setup => {
  if (name === "W2-forward") return (amount) => convolution(amount, "forward");
  if (name === "W2") return (amount) => convolution(amount, "all");
  if (name in networks) {
    return (amount) => training(networks[name as keyof typeof networks], amount);
  }
  throw new Error("has no matrix product");
});

/** Each row of the first axis as a volume. */
function volumesOf({ data, shape }: Numbers): Vol[] {
  const [rows, ...image] = shape;
  const [height, width, depth] = image.length === 3 ? image : [1, 1, image[0]!];
  const length = data.length / rows!;
  return Array.from({ length: rows! }, (_, row) => {
    const volume = new Vol(width!, height!, depth!, 0);
    volume.w.set(data.subarray(row * length, (row + 1) * length));
    return volume;
  });
}

/** Puts a weight `[…, filters]` where a layer has one volume a filter. */
function setFilters(filters: readonly Vol[], { data }: Numbers): void {
  filters.forEach((filter, place) => {
    for (let i = 0; i < filter.w.length; i++) filter.w[i] = data[i * filters.length + place]!;
  });
}

function convolution(amount: number, directions: "forward" | "all"): Run {
  const { x, kernel, dy } = convolutionOf(amount);
  const layer = new ConvLayer({
    filters: 64,
    sx: 3,
    in_depth: 32,
    in_sx: 32,
    in_sy: 32,
    stride: 1,
    pad: 1,
  });
  setFilters(layer.filters!, kernel);
  const images = volumesOf(x);
  const gradients = volumesOf(dy);
  return () => {
    for (const { dw } of layer.filters!) dw.fill(0);
    let first = NaN;
    images.forEach((image, place) => {
      const y = layer.forward(image, true);
      if (place === 0) first = y.w[0]!;
      if (directions === "forward") return;
      y.dw.set(gradients[place]!.w);
      layer.backward();
    });
    return directions === "forward" ? first : layer.filters![0]!.dw[0]!;
  };
}

function training(network: Network, amount: number): Run {
  const net = new Net();
  net.makeLayers(definitionsOf(network));
  const weights = weightsOf(network);
  net.layers.filter(({ filters }) => filters !== undefined).forEach(({ filters }, place) =>
    setFilters(filters!, weights[place]!)
  );
  const batches = batchesOf(network, amount).map(({ x, y }) => ({ images: volumesOf(x), y }));
  const trainer = new Trainer(net, {
    method: "sgd",
    learning_rate: 0.01,
    momentum: 0.9,
    batch_size: 1,
  });
  const epochs = network.epochs(amount);
  return () => {
    let cost = NaN;
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (const { images, y } of batches) {
        // Otherwise a short last batch would be filled up with the next epoch's rows.
        Object.assign(trainer, { batch_size: images.length, k: 0 });
        cost = 0;
        images.forEach((image, row) => cost += trainer.train(image, y[row]!).cost_loss);
        cost /= images.length;
      }
    }
    return cost;
  };
}

function definitionsOf(
  { inputShape, layers, classes }: Network,
): Record<string, string | number>[] {
  const [height, width, depth] = inputShape.length === 3 ? inputShape : [1, 1, inputShape[0]!];
  const definitions: Record<string, string | number>[] = [
    { type: "input", out_sx: width!, out_sy: height!, out_depth: depth! },
  ];
  // Of the last dense layer the softmax brings its own.
  for (const layer of layers.slice(0, -1)) {
    switch (layer.type) {
      case "conv":
        definitions.push({ type: "conv", sx: 3, filters: layer.filters, stride: 1, pad: 1 });
        break;
      case "dense":
        definitions.push({ type: "fc", num_neurons: layer.units });
        break;
      case "relu":
        definitions.push({ type: "relu" });
        break;
      case "pool":
        definitions.push({ type: "pool", sx: 2, stride: 2 });
        break;
      case "flatten":
        break; // its dense layers take images
    }
  }
  return [...definitions, { type: "softmax", num_classes: classes }];
}
