import type { NetworkContext } from "@gradus/cli/run-images";
import { type StartedTraining, startTraining } from "@gradus/cli/training-settings";
import { Dense, Dropout, Flatten, heNormal, Relu, Sequential, uniformInit } from "@gradus/layers";
import type { Trial } from "./flags.ts";
import type { PartName } from "./parts.ts";

/** A perceptron with relu and dropout, and SGD with one cycle of the learning rate. */
export function buildNetwork(
  settings: Trial,
  context: NetworkContext,
  options: { readonly epochs: number; readonly learningRate: number },
): StartedTraining {
  const { backend, random, stepsPerEpoch, training } = context;
  const has = (part: PartName) => part !== settings.without;
  const hidden = has("second-layer") ? settings.hidden : settings.hidden.slice(0, 1);
  const weightInit = has("he-normal") ? heNormal() : uniformInit({ low: -0.05, high: 0.05 });
  const model = new Sequential([
    new Flatten(),
    ...hidden.flatMap((units) => [
      new Dense(units, { weightInit }),
      ...has("relu") ? [new Relu()] : [],
      ...has("dropout") && settings.dropout > 0 ? [new Dropout(settings.dropout)] : [],
    ]),
    new Dense(10),
  ]);
  model.init(training.x.shape.slice(1), { backend, random });
  // With momentum m, steps along the same gradient add up to 1 / (1 − m) of one.
  const peak = options.learningRate / (has("momentum") ? 1 : 1 - settings.momentum);
  return startTraining(model, {
    loss: { type: "softmaxCrossEntropy", labelSmoothing: 0, classWeights: null },
    optimizer: {
      type: "sgd",
      momentum: has("momentum") ? settings.momentum : 0,
      ...{ nesterov: false, dampening: 0, decoupled: false, rateInVelocity: false },
      ...{ clipNorm: null, clipParameterNorm: null },
      groups: [{
        parameters: model.parameters.map(({ name }) => name),
        learningRate: has("one-cycle")
          ? {
            ...{ type: "oneCycle", peak, steps: options.epochs * stepsPerEpoch },
            ...{ startFactor: 0.04, finalFactor: 4e-6, warmupShare: 0.3, anneal: "linear" },
          }
          : { type: "constant", rate: peak / 2 },
        weightDecay: has("weight-decay") ? settings["weight-decay"] : 0,
      }],
    },
    average: null,
  });
}
