import { Dense, Relu } from "@gradus/layers";
import { prepareTraining } from "./training.ts";
import type { Workload } from "./workload.ts";

/** Rows of each step of an epoch: 105 rows by 16. */
export const BATCH_SIZES: readonly number[] = [16, 16, 16, 16, 16, 16, 9];

const ROWS = BATCH_SIZES.reduce((sum, rows) => sum + rows);

/** W5: epochs of a network 4-16-3 over 105 rows, batch 16; its amount is epochs. */
export const iris: Workload = {
  name: "W5",
  title: "epoch of a network 4-16-3 over 105 rows, batch 16",
  unit: "epochs/s",
  amount: 50,
  checkAmount: 2,
  // Of many short steps the roundings add up.
  longestSum: 2 * ROWS,
  cost: (epochs) => ({
    flops: 2 * epochs * ROWS * (3 * (4 * 16 + 16 * 3) - 4 * 16),
    bytes: 0,
  }),
  setup: (backend, epochs) =>
    prepareTraining(backend, {
      layers: [new Dense(16), new Relu(), new Dense(3)],
      inputShape: [4],
      classes: 3,
      batchSizes: BATCH_SIZES,
      epochs,
    }),
};
