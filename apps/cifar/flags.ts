import { choiceFlag, textFlag } from "@gradus/cli/flag";
import { imageFlags } from "@gradus/cli/image-flags";
import type { BackendName } from "@gradus/cli/open-backend";
import type { FlagValues } from "@gradus/cli/parse-flags";
import type { TrialSettings } from "@gradus/cli/trial-grid";
import { type PartName, PARTS } from "./parts.ts";
import { type RecipeName, RECIPES } from "./recipes.ts";

/** Training images held out unless it is told otherwise. */
export const HELD_OUT = { files: 2000, drawn: 500 };

/** What `deno task cifar` can be told. */
export const FLAGS = {
  recipe: choiceFlag({
    description: "how large a network, and how long it is trained",
    fallback: "default",
    choices: Object.keys(RECIPES) as RecipeName[],
  }),
  ...imageFlags({
    epochs: null,
    batch: null,
    learningRate: null,
    modelName: "cifar",
    heldOut: HELD_OUT,
  }),
  without: choiceFlag({
    description: "leave a part out, to see what it is worth",
    fallback: null,
    choices: Object.keys(PARTS) as PartName[],
  }),
  test: textFlag({
    description: "images to predict in place of the test batch, without labels",
    fallback: null,
    placeholder: "FILE.npy",
  }),
};

/** Flags that may differ from those of the run to go on from. */
export const CHANGEABLE = [
  "epochs",
  "model-name",
  "data",
  "test",
  "backend",
  "json",
  "help",
] as const;

/** Flags with values to try. */
export const AXES = ["learning-rate"] as const;

/** The settings of a command line, for which a backend was chosen. */
export type Settings = FlagValues<typeof FLAGS> & { readonly backend: BackendName };

/** The settings of one training. */
export type Trial = TrialSettings<Settings, typeof AXES[number]>;
