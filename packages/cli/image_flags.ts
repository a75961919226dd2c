import {
  choiceFlag,
  type Flag,
  integerFlag,
  nameFlag,
  numbersFlag,
  switchFlag,
  textFlag,
} from "./flag.ts";
import { type BackendName, BACKENDS } from "./open_backend.ts";
import { type Share, shareFlag } from "./share.ts";

/** What the help of programs with these flags says below them. */
export const IMAGE_NOTE: string =
  "Several values or seeds make a sweep: each combination is trained with each seed, the one with " +
  "the lowest mean validation loss is chosen, and only then are the test images looked at. With " +
  "--trial they are not looked at: deno task collect chooses once all trials are run. Ctrl-C stops " +
  "and says how to go on from the last whole epoch. Exit codes: 0 where all is done, 1 where " +
  "training diverges, 2 where a flag or a file cannot be used, 130 after Ctrl-C.";

/** How many training images a program holds out to validate by where it is not told. */
export interface HeldOut {
  /** Of those in files. */
  readonly files: number;
  /** Of those drawn in code. */
  readonly drawn: number;
}

/** What {@linkcode imageFlags} returns; a type, since an interface is no record of flags. */
export type ImageFlags = {
  /** Peaks of the learning rate to try; null where the program decides. */
  readonly "learning-rate": Flag<readonly number[] | null>;
  /** Passes over the training images; null where the program decides. */
  readonly epochs: Flag<number | null>;
  /** Images of a step; null where the program decides. */
  readonly batch: Flag<number | null>;
  /** Seed of split, weights, order and augmentation. */
  readonly seed: Flag<number>;
  /** How many seeds each combination of settings is trained with. */
  readonly seeds: Flag<number>;
  /** Which trials of a sweep to run; null for all, and to choose and test. */
  readonly trial: Flag<Share | null>;
  /** Training images held out to validate by; null where the program decides. */
  readonly validation: Flag<number | null>;
  /** How many training images are used; null for all. */
  readonly limit: Flag<number | null>;
  /** Folder of the runs. */
  readonly "model-name": Flag<string>;
  /** Folder of the data files; null where the program looks itself. */
  readonly data: Flag<string | null>;
  /** Whether to train on drawn shapes. */
  readonly sample: Flag<boolean>;
  /** The run to go on from; null for none. */
  readonly resume: Flag<string | null>;
  /** What computes; `auto` leaves it to the machine. */
  readonly backend: Flag<BackendName | "auto">;
  /** Whether the last line is JSON. */
  readonly json: Flag<boolean>;
  /** Whether to show help. */
  readonly help: Flag<boolean>;
};

/**
 * The flags that programs which train on images share; each adds its own.
 *
 * @example
 * ```ts
 * import { imageFlags, parseFlags } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const flags = imageFlags({
 *   ...{ epochs: 8, batch: 128, learningRate: 0.1, modelName: "mlp" },
 *   heldOut: { files: 5000, drawn: 500 },
 * });
 * assertEquals(parseFlags(["--epochs", "3"], flags).epochs, 3);
 * ```
 *
 * @param fallbacks What holds where a flag is absent; null where the program decides. What is held out is
 * the program's to choose by its images: here it stands in the help alone.
 * @returns Flags by name.
 */
export function imageFlags(
  fallbacks: {
    readonly epochs: number | null;
    readonly batch: number | null;
    readonly learningRate: number | null;
    readonly modelName: string;
    readonly heldOut: HeldOut;
  },
): ImageFlags {
  const { epochs, batch, learningRate, modelName, heldOut } = fallbacks;
  return {
    "learning-rate": numbersFlag({
      description: "peak of the learning rate; several make a sweep",
      fallback: learningRate === null ? null : [learningRate],
      above: 0,
    }),
    epochs: integerFlag({
      description: "passes over the training images",
      fallback: epochs,
      atLeast: 1,
    }),
    batch: integerFlag({ description: "images of a step", fallback: batch, atLeast: 2 }),
    seed: integerFlag({
      description: "the first seed of split, weights, order and augmentation",
      fallback: 0,
      atLeast: 0,
      atMost: 4_294_967_295,
    }),
    seeds: integerFlag({
      description: "how many seeds; several make a sweep",
      fallback: 1,
      atLeast: 1,
      atMost: 1000,
    }),
    trial: shareFlag({
      description: "run the K-th of N shares of a sweep's trials, K from 0, for deno task collect",
    }),
    validation: integerFlag({
      description:
        `training images held out to validate by (default ${heldOut.files}, or ${heldOut.drawn} drawn ones)`,
      fallback: null,
      atLeast: 1,
    }),
    limit: integerFlag({
      description: "use so many training images only (default: all)",
      fallback: null,
      atLeast: 10,
    }),
    "model-name": nameFlag({
      description: "folder of the runs, in experiments/",
      fallback: modelName,
    }),
    data: textFlag({
      description: "folder of the data files",
      fallback: null,
      placeholder: "DIR",
    }),
    sample: switchFlag({ description: "train on shapes drawn in code, with no files at all" }),
    resume: textFlag({
      description: "go on from the last whole epoch of this run, with its settings",
      fallback: null,
      placeholder: "experiments/NAME/RUN",
    }),
    backend: choiceFlag({
      description: "what computes; with webgpu-float16, activations are kept in float16",
      fallback: "auto",
      choices: ["auto", ...BACKENDS],
    }),
    json: switchFlag({ description: "print one JSON object as the last line" }),
    help: switchFlag({ description: "show this help" }),
  };
}
