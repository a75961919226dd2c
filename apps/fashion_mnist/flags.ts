import type { FlagValues } from "@gradus/cli/parse-flags";
import { choiceFlag, numberFlag, numbersFlag } from "@gradus/cli/flag";
import { imageFlags } from "@gradus/cli/image-flags";
import type { BackendName } from "@gradus/cli/open-backend";
import type { TrialSettings } from "@gradus/cli/trial-grid";
import { type PartName, PARTS } from "./parts.ts";

/** Training images held out unless it is told otherwise. */
export const HELD_OUT = { files: 5000, drawn: 500 };

/** What `deno task fashion-mnist` can be told. */
export const FLAGS = {
  ...imageFlags({
    epochs: 10,
    batch: 128,
    learningRate: 0.1,
    modelName: "fashion_mnist",
    heldOut: HELD_OUT,
  }),
  hidden: numbersFlag({
    description: "units of the hidden layers, first to last",
    fallback: [512, 256],
    atLeast: 1,
    atMost: 65_536,
    whole: true,
    repeated: true,
  }),
  dropout: numbersFlag({
    description: "share of hidden units dropped in training; several make a sweep",
    fallback: [0.1],
    atLeast: 0,
    below: 1,
  }),
  momentum: numberFlag({ description: "momentum of SGD", fallback: 0.9, atLeast: 0, below: 1 }),
  "weight-decay": numbersFlag({
    description: "pull of weights to 0; several make a sweep",
    fallback: [1e-4],
    atLeast: 0,
  }),
  without: choiceFlag({
    description: "leave a part out, to see what it is worth",
    fallback: null,
    choices: Object.keys(PARTS) as PartName[],
  }),
};

/** Flags that may differ from those of the run to go on from. */
export const CHANGEABLE = ["epochs", "model-name", "data", "backend", "json", "help"] as const;

/** Flags with values to try; the first varies slowest. */
export const AXES = ["learning-rate", "dropout", "weight-decay"] as const;

/** The settings of a command line, for which a backend was chosen. */
export type Settings = FlagValues<typeof FLAGS> & { readonly backend: BackendName };

/** The settings of one training. */
export type Trial = TrialSettings<Settings, typeof AXES[number]>;
