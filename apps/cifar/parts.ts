import type { Parts } from "@gradus/cli/ablations";

/** What makes up the network and its training, by the names that `--without` takes. */
export const PARTS = {
  whitening: {
    what: "frozen whitening",
    why:
      "The first convolution turns each patch into numbers that are uncorrelated and alike in spread, from the eigenvectors of 5,000 training images' patches; it is not trained, so no step is spent on learning it.",
    instead: "a first convolution that starts at random and is trained",
  },
  dirac: {
    what: "dirac start",
    why: "A convolution first passes its input on, so that early gradients reach every block.",
    instead: "random kernels",
  },
  "max-pooling": {
    what: "max-pooling",
    why:
      "Halves each side after the first convolution of a block: the second costs a quarter, and small shifts change little.",
    instead: "average pooling",
  },
  "batch-norm": {
    what: "batch norm",
    why: "Keeps each channel's mean and spread, which allows the large learning rate.",
    instead: "a bias for each channel, at a tenth of the learning rate",
  },
  "norm-rate": {
    what: "a rate of their own for scale and shift",
    why:
      "Scale and shift of batch norm learn 64 times as fast as weights by SGD: so few steps would not move them.",
    instead: "the rate of the weights",
  },
  gelu: {
    what: "GELU",
    why: "A smooth relu, whose gradient does not vanish at once below 0.",
    instead: "relu",
  },
  "global-max": {
    what: "global max-pooling",
    why: "One number a channel, wherever in the image it was: few weights in the last layer.",
    instead: "global average pooling",
  },
  "small-logits": {
    what: "logits × 1/9",
    why: "Smaller logits at the start keep the softmax from being sure too early.",
    instead: "the logits as they are",
  },
  flip: {
    what: "alternating flip",
    why:
      "Mirror images, each image this way in one epoch and that way in the next, are more to learn from.",
    instead: "images as they are",
  },
  translate: {
    what: "shifts",
    why: "Shifts by up to 2 pixels along each axis: each epoch sees other images.",
    instead: "images in their place",
  },
  smoothing: {
    what: "label smoothing",
    why:
      "Targets of 0.91 and 0.01 for each other class: the model does not become surer than the labels are.",
    instead: "targets of 1 and 0",
  },
  "one-cycle": {
    what: "one cycle of the learning rate",
    why:
      "Rises while batch norm finds its statistics, then falls, so that the last steps average the noise out.",
    instead: "half the peak at each step",
  },
  lookahead: {
    what: "lookahead",
    why:
      "Every five steps the weights go back to a moving average, whose weight grows towards the end.",
    instead: "the weights as they are",
  },
} satisfies Parts;

/** The name of a part. */
export type PartName = keyof typeof PARTS;
