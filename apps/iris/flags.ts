import {
  choiceFlag,
  integerFlag,
  nameFlag,
  numberFlag,
  numbersFlag,
  switchFlag,
  textFlag,
} from "@gradus/cli/flag";
import { BACKENDS } from "@gradus/cli/open-backend";
import type { FlagValues } from "@gradus/cli/parse-flags";
import { shareFlag } from "@gradus/cli/share";
import type { TrialSettings } from "@gradus/cli/trial-grid";
import { UsageError } from "@gradus/cli/usage-error";
import { INITIALISERS } from "./initialisers.ts";

/** What `deno task iris` can be told. */
export const FLAGS = {
  "learning-rate": numbersFlag({
    description: "learning rates to try",
    fallback: [0.003, 0.01, 0.03, 0.1],
    above: 0,
  }),
  hidden: numbersFlag({
    description: "hidden units to try",
    fallback: [2, 4, 16, 64],
    atLeast: 1,
    atMost: 65_536,
    whole: true,
  }),
  epochs: integerFlag({
    description: "passes over the training rows",
    fallback: 40,
    atLeast: 1,
    atMost: 1_000_000,
  }),
  batch: integerFlag({ description: "rows of a step", fallback: 16, atLeast: 1 }),
  momentum: numberFlag({ description: "momentum of SGD", fallback: 0.9, atLeast: 0, below: 1 }),
  schedule: choiceFlag({
    description: "how the learning rate goes on",
    fallback: "constant",
    choices: ["constant", "exponential"],
  }),
  decay: numberFlag({
    description: "factor of the exponential schedule each epoch (default 0.95)",
    fallback: null,
    above: 0,
    atMost: 1,
  }),
  init: choiceFlag({
    description: "how weights start",
    fallback: "xavier_uniform",
    choices: Object.keys(INITIALISERS) as (keyof typeof INITIALISERS)[],
  }),
  seed: integerFlag({
    description: "the first seed of split, weights and order",
    fallback: 0,
    atLeast: 0,
    atMost: 4_294_967_295,
  }),
  seeds: integerFlag({
    description: "how many seeds each combination is trained with",
    fallback: 5,
    atLeast: 1,
    atMost: 1000,
  }),
  "split-seed": integerFlag({
    description:
      "one split and order for all seeds, so that they differ in the first weights alone",
    fallback: null,
    atLeast: 0,
    atMost: 4_294_967_295,
  }),
  "clip-norm": numberFlag({
    description: "largest norm of all gradients together (default: no clipping)",
    fallback: null,
    above: 0,
  }),
  trial: shareFlag({
    description: "run the K-th of N shares of the trainings, K from 0, for deno task collect",
  }),
  "model-name": nameFlag({ description: "folder of the runs, in experiments/", fallback: "iris" }),
  data: textFlag({
    description: "flowers to use in place of the built-in ones",
    fallback: null,
    placeholder: "FILE.csv",
  }),
  backend: choiceFlag({
    description: "what computes",
    fallback: BACKENDS[0],
    choices: BACKENDS,
  }),
  json: switchFlag({ description: "print one JSON object as the last line" }),
  help: switchFlag({ description: "show this help" }),
};

/** Flags with values to try; the first varies slowest. */
export const AXES = ["hidden", "learning-rate"] as const;

/** The settings of a sweep. */
export type Settings = FlagValues<typeof FLAGS>;

/** The settings of one training. */
export type Trial = TrialSettings<Settings, typeof AXES[number]>;

/** Refuses flags that have no meaning together. */
export function assertSettings(settings: Settings): void {
  if (settings.schedule === "constant" && settings.decay !== null) {
    throw new UsageError(
      `Cannot use --decay as --schedule must be exponential: found constant`,
    );
  }
}
