import type { Parts } from "@gradus/cli/ablations";

/** What makes up the perceptron and its training, by the names that `--without` takes. */
export const PARTS = {
  relu: {
    what: "relu",
    why: "Without a nonlinearity, layers one after another are no more than a single one.",
    instead: "nothing between the dense layers",
  },
  "second-layer": {
    what: "the second hidden layer",
    why: "Finds combinations of what the first one finds.",
    instead: "the first one alone",
  },
  "he-normal": {
    what: "weights from he_normal",
    why:
      "Relu drops half of the numbers: twice the variance keeps their spread from layer to layer.",
    instead: "weights from U[−0.05, 0.05)",
  },
  dropout: {
    what: "dropout",
    why: "Some units are silent at each step, so that none relies on a single other one.",
    instead: "all units at each step",
  },
  flip: {
    what: "mirror images",
    why: "A random half of each epoch's images is mirrored: there is more to learn from.",
    instead: "images as they are",
  },
  momentum: {
    what: "momentum",
    why: "Steps add up along directions on which batch after batch agrees.",
    instead: "steps by the gradient alone, as long as those add up to",
  },
  "one-cycle": {
    what: "one cycle of the learning rate",
    why:
      "Rises while the weights are rough, then falls, so that the last steps average the noise out.",
    instead: "half the peak at each step",
  },
  "weight-decay": {
    what: "weight decay",
    why: "Weights that no batch asks for fade.",
    instead: "weights that stay",
  },
} satisfies Parts;

/** The name of a part. */
export type PartName = keyof typeof PARTS;
