import { Dense, Relu } from "@gradus/layers";
import { prepareTraining } from "./training.ts";
import type { Workload } from "./workload.ts";

/** W6: a process from its start to the end of the first step of W5; the amount is one such start. */
export const start: Workload = {
  name: "W6",
  title: "start of the process to the end of the first step of W5",
  unit: "ms",
  amount: 1,
  checkAmount: 1,
  longestSum: 64,
  cost: () => ({ flops: 0, bytes: 0 }),
  setup: (backend) =>
    prepareTraining(backend, {
      layers: [new Dense(16), new Relu(), new Dense(3)],
      inputShape: [4],
      classes: 3,
      batchSizes: [16],
      epochs: 1,
    }),
};
