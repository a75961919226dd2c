import type { NetworkContext } from "@gradus/cli/run-images";
import { type StartedTraining, startTraining } from "@gradus/cli/training-settings";
import { ImageBatches } from "@gradus/data/image-batches";
import { takeRows } from "@gradus/data/take-rows";
import {
  AveragePool2d,
  BatchNorm,
  Conv2d,
  Dense,
  diracInit,
  Gelu,
  GlobalAveragePool2d,
  GlobalMaxPool2d,
  type Layer,
  lecunUniform,
  MaxPool2d,
  Relu,
  Scale,
  Sequential,
  whiteningInit,
} from "@gradus/layers";
import type { OptimizerRecord, ScheduleRecord } from "@gradus/optim";
import type { PartName } from "./parts.ts";
import type { Recipe } from "./recipes.ts";

/** Momentum of SGD and Muon. */
const MOMENTUM = 0.85;
/** k of the rates below: they were found for batches of 1024 and this momentum. */
const RATE_UNIT = 1024 * (1 + 1 / (1 - MOMENTUM));
/** Weight decay of SGD. */
const DECAY = 0.0153 / 10;
/** The peak of Muon's learning rate, the same for batches of any size: its steps are as long whatever the
 * gradients. And its weight decay. */
const MUON_PEAK = 0.06;
const MUON_DECAY = 0.03;
/** Iterations that make a step of Muon orthogonal. */
export const MUON_ITERATIONS = 3;
/** Scale and shift of batch norm learn so much faster than the weights that SGD moves. */
const NORM_FACTOR = 64;
/** Images whose patches the first convolution is made of. */
const WHITENING_IMAGES = 5000;
/** As PyTorch starts a convolution: U[−1/√fanIn, 1/√fanIn). */
const RANDOM = lecunUniform({ gain: 1 / Math.sqrt(3) });

/** Whether a part is there. */
type Has = (part: PartName) => boolean;

/** The network of a recipe with all that trains it; `parts.ts` says why each part is there. */
export function buildNetwork(
  recipe: Recipe,
  context: NetworkContext,
  options: {
    readonly epochs: number;
    readonly batch: number;
    readonly learningRate: number | null;
    /** The part that is left out. Default: none. */
    readonly without?: PartName | null;
  },
): StartedTraining {
  const { backend, random, stepsPerEpoch } = context;
  const has: Has = (part) => part !== options.without;
  const model = new Sequential([
    stem(recipe, context, has),
    ...recipe.widths.flatMap((width, place) =>
      block(width, { isDeep: place > 0 || recipe.isFirstBlockDeep, has })
    ),
    has("global-max") ? new GlobalMaxPool2d() : new GlobalAveragePool2d(),
    new Dense(10, { bias: false }),
    new Scale(has("small-logits") ? 1 / 9 : 1),
  ]);
  model.init([32, 32, 3], { backend, random });
  model.layers[0]!.parameters[0]!.trainable = !has("whitening");

  const steps = options.epochs * stepsPerEpoch;
  return startTraining(model, {
    loss: {
      type: "softmaxCrossEntropy",
      labelSmoothing: has("smoothing") ? 0.1 : 0,
      classWeights: null,
    },
    optimizer: optimizerOf(model, recipe, { ...options, steps, has }),
    average: has("lookahead")
      ? { decay: { limit: 0.95 ** 5, steps, power: 3 }, every: 5, lookahead: true }
      : null,
  });
}

/** SGD, or Muon for the kernels of convolutions and SGD for the rest; scale and shift have rates of their own. */
function optimizerOf(
  model: Sequential,
  { optimizer }: Recipe,
  { batch, learningRate, steps, has }: {
    readonly batch: number;
    readonly learningRate: number | null;
    readonly steps: number;
    readonly has: Has;
  },
): OptimizerRecord {
  const isMuon = optimizer === "muon";
  const share = has("batch-norm") ? 1 : 0.1;
  const ownPeak = isMuon ? MUON_PEAK : 10 / RATE_UNIT * batch;
  // A rate that is asked for is the first group's; the others keep their ratios to it.
  const factor = learningRate === null ? share : learningRate / ownPeak;
  const sgdPeak = factor * 10 / RATE_UNIT * batch;
  const rate = (peak: number): ScheduleRecord =>
    has("one-cycle")
      ? {
        type: "oneCycle",
        ...{ peak, steps, anneal: "linear", startFactor: 0.2, finalFactor: 0.07 },
        // Muon's steps are of equal length from the first one on, and need less of a start.
        warmupShare: isMuon ? 0.1 : 0.23,
      }
      : { type: "constant", rate: peak / 2 };
  const normFactor = has("norm-rate") ? NORM_FACTOR : 1;
  const names = model.parameters.map(({ name }) => name);
  const isNorm = (name: string) => /\.(scale|shift)$/.test(name);
  const clipping = { clipNorm: null, clipParameterNorm: null };
  if (!isMuon) {
    return {
      type: "sgd",
      ...{ momentum: MOMENTUM, nesterov: true, dampening: 0 },
      ...{ decoupled: false, rateInVelocity: false, ...clipping },
      groups: [
        {
          parameters: names.filter((name) => !isNorm(name)),
          learningRate: rate(sgdPeak),
          weightDecay: DECAY,
        },
        {
          parameters: names.filter(isNorm),
          learningRate: rate(normFactor * sgdPeak),
          weightDecay: DECAY / normFactor,
        },
      ],
    };
  }
  const isKernel = (name: string) =>
    model.parameters.find((parameter) => parameter.name === name)!.value.shape.length === 4;
  // Decay that bypasses the velocity has to be as strong as one that the velocity adds up.
  const decay = DECAY / (1 - MOMENTUM);
  return {
    ...{
      type: "muon",
      momentum: MOMENTUM,
      nesterov: true,
      iterations: MUON_ITERATIONS,
      ...clipping,
    },
    groups: [
      {
        parameters: names.filter(isKernel),
        learningRate: rate(factor * MUON_PEAK),
        ...{ weightDecay: MUON_DECAY, orthogonalize: true },
      },
      {
        parameters: names.filter((name) => !isKernel(name) && !isNorm(name)),
        learningRate: rate(sgdPeak),
        ...{ weightDecay: decay, orthogonalize: false },
      },
      {
        parameters: names.filter(isNorm),
        learningRate: rate(normFactor * sgdPeak),
        ...{ weightDecay: decay / normFactor, orthogonalize: false },
      },
    ],
  };
}

/** A convolution that makes the numbers of a patch uncorrelated and alike in spread; it is not trained. */
function stem(recipe: Recipe, { training, statistics }: NetworkContext, has: Has): Layer {
  const rows = Math.min(WHITENING_IMAGES, training.x.shape[0]!);
  const images = takeRows(training, Int32Array.from({ length: rows }, (_, row) => row));
  const [batch] = new ImageBatches(images, { size: rows, statistics }).epoch(0);
  const weightInit = has("whitening") ? whiteningInit(batch!.x, { epsilon: 5e-4 }) : RANDOM;
  return recipe.isFullSize
    ? new Conv2d(recipe.filters, { kernel: 2, bias: false, weightInit })
    : new Conv2d(recipe.filters, { kernel: 4, stride: 2, padding: 1, bias: false, weightInit });
}

/** Convolution, pooling to half the size, and a second convolution, each with batch norm and GELU. */
function block(
  width: number,
  { isDeep, has }: { readonly isDeep: boolean; readonly has: Has },
): Layer[] {
  const weightInit = has("dirac") ? diracInit({ rest: RANDOM }) : RANDOM;
  const bias = !has("batch-norm");
  const convolution = () => new Conv2d(width, { kernel: 3, padding: "same", bias, weightInit });
  const normalised = () => [
    ...has("batch-norm") ? [new BatchNorm({ momentum: 0.4 })] : [],
    has("gelu") ? new Gelu() : new Relu(),
  ];
  return [
    convolution(),
    has("max-pooling") ? new MaxPool2d(2) : new AveragePool2d(2),
    ...normalised(),
    ...isDeep ? [convolution(), ...normalised()] : [],
  ];
}
