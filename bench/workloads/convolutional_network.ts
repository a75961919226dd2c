import { Conv2d, Dense, Flatten, type Layer, MaxPool2d, Relu } from "@gradus/layers";
import { prepareTraining } from "./training.ts";
import type { Workload } from "./workload.ts";

/** Multiply-adds of each layer of the network, forward, for one image. */
const PRODUCTS = [
  32 * 32 * 9 * 3 * 32,
  32 * 32 * 9 * 32 * 32,
  16 * 16 * 9 * 32 * 64,
  16 * 16 * 9 * 64 * 64,
  8 * 8 * 64 * 128,
  128 * 10,
];

/** The batch of W4. */
const BATCH = 128;

/**
 * A training step of the network conv32-conv32-pool-conv64-conv64-pool-dense128-dense10 with relu between,
 * on images of 32 × 32 × 3: W4, or the same in batches of another size. Its amount is images.
 */
export function convolutionalNetwork(batch: number): Workload {
  return {
    name: batch === BATCH ? "W4" : `batch ${batch}`,
    title: `training step of a network of four convolutions on 32 × 32 × 3, batch ${batch}`,
    unit: "images/s",
    amount: batch,
    checkAmount: 1,
    longestSum: 4096,
    // Twice the forward again for the gradients, less the first layer's gradient of its input.
    cost: (images) => ({
      flops: 2 * images * (3 * PRODUCTS.reduce((sum, products) => sum + products) - PRODUCTS[0]!),
      bytes: 0,
    }),
    setup: (backend, images) =>
      prepareTraining(backend, {
        layers: [
          ...convolutions(32),
          ...convolutions(64),
          new Flatten(),
          new Dense(128),
          new Relu(),
          new Dense(10),
        ],
        inputShape: [32, 32, 3],
        classes: 10,
        batchSizes: [images],
        epochs: 1,
      }),
  };
}

function convolutions(filters: number): Layer[] {
  return [
    new Conv2d(filters, { kernel: 3, padding: "same" }),
    new Relu(),
    new Conv2d(filters, { kernel: 3, padding: "same" }),
    new Relu(),
    new MaxPool2d(2),
  ];
}
