import type { ImageNetwork, NetworkContext } from "@gradus/cli/run-images";
import { Dense, Dropout, Flatten, heNormal, Relu, Sequential } from "@gradus/layers";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { oneCycle, Sgd } from "@gradus/optim";
import type { Trial } from "./flags.ts";

/** A perceptron with relu and dropout, and SGD with one cycle of the learning rate. */
export function buildNetwork(
  settings: Trial,
  context: NetworkContext,
  options: { readonly epochs: number; readonly learningRate: number },
): ImageNetwork {
  const { backend, random, stepsPerEpoch, training } = context;
  const model = new Sequential([
    new Flatten(),
    ...settings.hidden.flatMap((units) => [
      new Dense(units, { weightInit: heNormal() }),
      new Relu(),
      ...settings.dropout > 0 ? [new Dropout(settings.dropout)] : [],
    ]),
    new Dense(10),
  ]);
  model.init(training.x.shape.slice(1), { backend, random });
  const optimizer = new Sgd(model.parameters, {
    learningRate: oneCycle({
      peak: options.learningRate,
      steps: options.epochs * stepsPerEpoch,
    }),
    momentum: settings.momentum,
    weightDecay: settings["weight-decay"],
  });
  return { model, optimizer, loss: new SoftmaxCrossEntropy() };
}
