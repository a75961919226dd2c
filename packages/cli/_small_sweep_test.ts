import { reference } from "@gradus/tensor/reference";
import { smallImages, smallModel, smallTraining } from "./_small_training_test.ts";
import { type ImageSweep, imageSweep } from "./image_sweep.ts";
import type { ImageTask } from "./run_images.ts";

/** Images whose test part must not be looked at. */
export const untested: ImageTask = {
  training: smallImages(20),
  get test(): never {
    throw new Error("Cannot look at test images");
  },
  classes: ["red", "green", "blue"],
};

/** The same, with a test part. */
export const tested: ImageTask = {
  training: smallImages(20),
  test: smallImages(5, 7),
  classes: ["red", "green", "blue"],
};

/** Two rates with two seeds, two epochs each; 1e39, which is no float32, diverges. */
export function smallSweep(
  root: string,
  options: {
    readonly task?: ImageTask;
    readonly rate?: readonly number[];
    readonly seeds?: number;
  } = {},
): ImageSweep {
  const { task = tested, rate = [1, 3], seeds = 2 } = options;
  const settings = { rate, sample: false, seed: 5, seeds, trial: null };
  return imageSweep(settings, ["rate"], {
    program: "small",
    config: { rate, seed: 5, seeds },
    readTask: () => Promise.resolve(task),
    programOf: (task, { rate, seed }) => ({
      ...{ title: "Small", lead: "A small network.", task, mirrored: true, shift: 1 },
      build: ({ backend, random, stepsPerEpoch }) => {
        const network = smallTraining(smallModel(backend, random), 2 * stepsPerEpoch);
        network.model.parameters.at(-1)!.value.set([rate, -rate, 0]);
        return network;
      },
      explain: ({ model }) => [{
        title: "The model",
        parts: [{ kind: "code", text: model.summary() }],
      }],
      ...{ backend: reference(), epochs: 2, batch: 4, seed, validation: 6, limit: null },
      ...{ modelName: "small", root, resume: null },
      config: { rate: `${rate}`, seed, versions: { gradus: "0" } },
    }),
  });
}
