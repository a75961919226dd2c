import { choiceFlag, type FlagValues, imageFlags, integerFlag, textFlag } from "@gradus/cli";
import { type RecipeName, RECIPES } from "./recipes.ts";

/** What `deno task cifar` can be told. */
export const FLAGS = {
  recipe: choiceFlag({
    description: "how large a network, and how long it is trained",
    fallback: "default",
    choices: Object.keys(RECIPES) as RecipeName[],
  }),
  ...imageFlags({ epochs: null, batch: null, learningRate: null, modelName: "cifar" }),
  validation: integerFlag({
    description: "training images held out to validate by",
    fallback: 2000,
    atLeast: 1,
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

/** The settings of a run. */
export type Settings = FlagValues<typeof FLAGS>;
