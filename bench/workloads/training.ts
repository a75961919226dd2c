import { type Layer, Sequential } from "@gradus/layers";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { Sgd } from "@gradus/optim";
import { random } from "@gradus/random";
import { type Backend, type Shape, sizeOf, tensor } from "@gradus/tensor";
import { filled, labels, weightScale } from "./filled.ts";
import type { Prepared } from "./workload.ts";

/** Of all trainings here. */
export const LEARNING_RATE = 0.01;
/** Of all trainings here. */
export const MOMENTUM = 0.9;

/** What is trained, and how often. */
export interface Training {
  readonly layers: readonly Layer[];
  /** Of one row. */
  readonly inputShape: Shape;
  readonly classes: number;
  /** Rows of each step of an epoch. */
  readonly batchSizes: readonly number[];
  readonly epochs: number;
}

/**
 * Training by SGD with momentum on the softmax cross-entropy. The loss is read once an epoch, and nothing
 * waits for it before the end, as in all peers.
 *
 * The weights of layer `l` are `filled` with seed `10 + l`, the inputs of batch `b` with seed `100 + b`.
 */
export function prepareTraining(
  backend: Backend,
  { layers, inputShape, classes, batchSizes, epochs }: Training,
): Prepared {
  const model = new Sequential(layers);
  model.init(inputShape, { backend, random: random(0) });
  model.parameters.forEach(({ value }, place) => {
    const inputs = value.size / value.shape.at(-1)!;
    if (value.shape.length === 1) return; // a bias, which is zero
    value.set(filled(value.size, { seed: 10 + place / 2, scale: weightScale(inputs) }));
  });
  const batches = batchSizes.map((rows, place) => ({
    x: tensor(backend, filled(rows * sizeOf(inputShape), { seed: 100 + place }), {
      shape: [rows, ...inputShape],
    }),
    target: tensor(backend, labels(rows, classes)),
  }));
  const loss = new SoftmaxCrossEntropy();
  const optimizer = new Sgd(model.parameters, {
    learningRate: LEARNING_RATE,
    momentum: MOMENTUM,
  });
  return {
    outputs: model.parameters.map(({ value }) => value),
    run: async () => {
      const costs: Promise<number>[] = [];
      for (let epoch = 0; epoch < epochs; epoch++) {
        let last = null;
        for (const { x, target } of batches) {
          last = loss.forward(model.forward(x), target);
          model.backward(loss.backward(), { inputGradient: false });
          optimizer.step();
        }
        costs.push(last!.item());
      }
      return (await Promise.all(costs)).at(-1)!;
    },
  };
}
