import type { ImageNetwork, NetworkContext } from "@gradus/cli/run-images";
import { ImageBatches } from "@gradus/data/image-batches";
import { takeRows } from "@gradus/data/take-rows";
import {
  BatchNorm,
  Conv2d,
  Dense,
  diracInit,
  Gelu,
  GlobalMaxPool2d,
  type Layer,
  lecunUniform,
  MaxPool2d,
  Scale,
  Sequential,
  whiteningInit,
} from "@gradus/layers";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { oneCycle, type Schedule, Sgd } from "@gradus/optim";
import { WeightAverage } from "@gradus/train";
import type { Recipe } from "./recipes.ts";

/** Momentum of SGD. */
const MOMENTUM = 0.85;
/** k of the rates below: they were found for batches of 1024 and this momentum. */
const RATE_UNIT = 1024 * (1 + 1 / (1 - MOMENTUM));
/** Scale and shift of batch norm learn so much faster than weights. */
const NORM_FACTOR = 64;
/** Images whose patches the first convolution is made of. */
const WHITENING_IMAGES = 5000;

/** The network of a recipe with all that trains it; `explain.ts` says why each part is there. */
export function buildNetwork(
  recipe: Recipe,
  context: NetworkContext,
  options: {
    readonly epochs: number;
    readonly batch: number;
    readonly learningRate: number | null;
  },
): ImageNetwork {
  const { backend, random, stepsPerEpoch } = context;
  const model = new Sequential([
    stem(recipe, context),
    ...recipe.widths.flatMap((width, place) =>
      block(width, { isDeep: place > 0 || recipe.isFirstBlockDeep })
    ),
    new GlobalMaxPool2d(),
    new Dense(10, { bias: false }),
    // Smaller logits make a softer start.
    new Scale(1 / 9),
  ]);
  model.init([32, 32, 3], { backend, random });
  model.layers[0]!.parameters[0]!.trainable = false;

  const steps = options.epochs * stepsPerEpoch;
  const peak = options.learningRate ?? 10 / RATE_UNIT * options.batch;
  const decay = 0.0153 / 10;
  const rate = (factor: number): Schedule =>
    oneCycle({
      peak: factor * peak,
      steps,
      ...{ startFactor: 0.2, finalFactor: 0.07, warmupShare: 0.23, anneal: "linear" },
    });
  const isNorm = (name: string) => /\.(scale|shift)$/.test(name);
  const optimizer = new Sgd([
    {
      parameters: model.parameters.filter(({ name }) => !isNorm(name)),
      learningRate: rate(1),
      weightDecay: decay,
    },
    {
      parameters: model.parameters.filter(({ name }) => isNorm(name)),
      learningRate: rate(NORM_FACTOR),
      weightDecay: decay / NORM_FACTOR,
    },
  ], { learningRate: peak, momentum: MOMENTUM, nesterov: true });
  const average = new WeightAverage(model, {
    decay: (step) => 0.95 ** 5 * Math.min(1, step / steps) ** 3,
    every: 5,
    lookahead: true,
  });
  return { model, optimizer, average, loss: new SoftmaxCrossEntropy({ labelSmoothing: 0.1 }) };
}

/** A convolution that makes the numbers of a patch uncorrelated and alike in spread; it is not trained. */
function stem(recipe: Recipe, { training, statistics }: NetworkContext): Layer {
  const rows = Math.min(WHITENING_IMAGES, training.x.shape[0]!);
  const images = takeRows(training, Int32Array.from({ length: rows }, (_, row) => row));
  const [batch] = new ImageBatches(images, { size: rows, statistics }).epoch(0);
  const weightInit = whiteningInit(batch!.x, { epsilon: 5e-4 });
  return recipe.isFullSize
    ? new Conv2d(24, { kernel: 2, bias: false, weightInit })
    : new Conv2d(24, { kernel: 4, stride: 2, padding: 1, bias: false, weightInit });
}

/** Convolution, pooling to half the size, and a second convolution, each with batch norm and GELU. */
function block(width: number, options: { readonly isDeep: boolean }): Layer[] {
  // Channels beyond the input's start as PyTorch starts a convolution: U[−1/√fanIn, 1/√fanIn).
  const rest = lecunUniform({ gain: 1 / Math.sqrt(3) });
  const convolution = () =>
    new Conv2d(width, { kernel: 3, padding: "same", bias: false, weightInit: diracInit({ rest }) });
  const normalised = () => [
    new BatchNorm({ momentum: 0.4 }),
    new Gelu(),
  ];
  return [
    convolution(),
    new MaxPool2d(2),
    ...normalised(),
    ...options.isDeep ? [convolution(), ...normalised()] : [],
  ];
}
