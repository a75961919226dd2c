import { Dense, Relu } from "@gradus/layers";
import { prepareTraining } from "./training.ts";
import type { Workload } from "./workload.ts";

/** W3: a training step of a network 784-256-10, batch 128; its amount is images. */
export const multilayerPerceptron: Workload = {
  name: "W3",
  title: "training step of a network 784-256-10, batch 128",
  unit: "images/s",
  amount: 128,
  checkAmount: 16,
  longestSum: 784,
  // Twice the forward again for the gradients, less the first layer's gradient of its input.
  cost: (images) => ({
    flops: 2 * images * (3 * (784 * 256 + 256 * 10) - 784 * 256),
    bytes: 0,
  }),
  setup: (backend, images) =>
    prepareTraining(backend, {
      layers: [new Dense(256), new Relu(), new Dense(10)],
      inputShape: [784],
      classes: 10,
      batchSizes: [images],
      epochs: 1,
    }),
};
