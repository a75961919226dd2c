import type { Sequential } from "@gradus/layers";
import { type Loss, ScaledLoss, SoftmaxCrossEntropy } from "@gradus/losses";
import { type Optimizer, optimizerFromJson } from "@gradus/optim";
import type { TrainingRecord } from "@gradus/torch/training-record";
import { WeightAverage } from "@gradus/train";

/** How a classifier is trained, as plain JSON: what `training.json` of a run keeps of it. */
export type TrainingSettings = Pick<TrainingRecord, "average" | "loss" | "optimizer">;

/** A model with what trains it. */
export interface StartedTraining {
  /** The model. */
  readonly model: Sequential;
  /** The loss of training. */
  readonly loss: Loss;
  /** Moves the parameters. */
  readonly optimizer: Optimizer;
  /** Averages the weights; only where the settings say so. */
  readonly average?: WeightAverage;
  /** What all of these were made from. */
  readonly settings: TrainingSettings;
}

/**
 * What the loss is multiplied by where activations are kept in float16. The gradient of a mean over a batch of
 * 512 then is at most 2, of 65,504 that float16 holds, and one 10⁷ times as small does not become 0.
 */
const LOSS_SCALE = 1024;

/**
 * Makes loss, optimizer and average from their settings.
 *
 * @param model The model, initialised. On a backend that keeps activations in float16, the loss is scaled.
 * @param settings The settings, possibly by way of a file.
 * @returns A training that has taken no step.
 * @throws {TypeError} If a setting is of another type, or a group of the optimizer names no parameter.
 * @throws {RangeError} If a setting is out of range.
 *
 * @example
 * ```ts
 * import { startTraining } from "@gradus/cli";
 * import { Dense, Sequential } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const model = new Sequential([new Dense(3)]);
 * model.init([4], { backend: reference(), random: random(0) });
 * const { optimizer } = startTraining(model, {
 *   loss: { type: "softmaxCrossEntropy", labelSmoothing: 0.1, classWeights: null },
 *   optimizer: {
 *     type: "adam",
 *     ...{ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, clipNorm: null, clipParameterNorm: null },
 *     groups: [{
 *       parameters: ["0.weight", "0.bias"],
 *       learningRate: { type: "cosine", rate: 0.01, steps: 100, final: 0 },
 *       weightDecay: 0,
 *     }],
 *   },
 *   average: null,
 * });
 * assertEquals(optimizer.learningRate, 0.01);
 * ```
 */
export function startTraining(model: Sequential, settings: TrainingSettings): StartedTraining {
  const { loss: { labelSmoothing, classWeights }, optimizer, average } = settings;
  const loss = new SoftmaxCrossEntropy({
    labelSmoothing,
    ...classWeights === null ? {} : { classWeights },
  });
  const isHalf = model.parameters[0]?.value.backend.activations === "float16";
  const lossScale = isHalf ? LOSS_SCALE : 1;
  return {
    model,
    loss: isHalf ? new ScaledLoss(loss, lossScale) : loss,
    optimizer: optimizerFromJson(optimizer, model.parameters, { lossScale }),
    ...average === null ? {} : { average: new WeightAverage(model, average) },
    settings,
  };
}
