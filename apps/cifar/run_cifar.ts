import { type ImageSweep, imageSweep } from "@gradus/cli/image-sweep";
import { openBackend } from "@gradus/cli/open-backend";
import {
  type ImageOutcome,
  type ImageProgram,
  type ImageTask,
  runImages,
} from "@gradus/cli/run-images";
import { VERSION } from "@gradus/cli/version";
import type { Backend } from "@gradus/tensor";
import { explain } from "./explain.ts";
import { AXES, HELD_OUT, type Settings, type Trial } from "./flags.ts";
import { readImages } from "./images.ts";
import { buildNetwork } from "./network.ts";
import { RECIPES } from "./recipes.ts";

/** What a run is told beside its settings. */
export type CifarOptions = Pick<
  ImageProgram,
  "root" | "signal" | "onProgress" | "onEpoch" | "isTested"
>;

/** All trainings that settings make. */
export function cifarSweep(
  settings: Settings,
  options: CifarOptions & { readonly backend: Backend },
): ImageSweep {
  const { json: _json, help: _help, resume: _resume, trial: _trial, ...config } = settings;
  return imageSweep(settings, AXES, {
    ...{ program: "cifar", config, readTask: readImages },
    programOf: (task, trial) => programOf(task, trial, options),
  });
}

/** Trains the network of a recipe, tests it once, and writes everything into a new folder. */
export async function runCifar(
  task: ImageTask,
  settings: Trial,
  options: CifarOptions,
): Promise<ImageOutcome> {
  await using backend = await openBackend(settings.backend);
  return await runImages(programOf(task, settings, { ...options, backend }));
}

function programOf(
  task: ImageTask,
  settings: Trial,
  options: CifarOptions & { readonly backend: Backend },
): ImageProgram {
  const { backend } = options;
  const { without } = settings;
  const recipe = RECIPES[settings.recipe];
  const epochs = settings.epochs ?? recipe.epochs;
  const batch = settings.batch ?? recipe.batch;
  const validation = settings.validation ?? HELD_OUT[settings.sample ? "drawn" : "files"];
  const { json: _json, help: _help, resume, ...rest } = settings;
  const name = settings.sample ? "shapes drawn in code" : "CIFAR-10";
  return {
    ...options,
    title: `A convolutional network on ${name}`,
    lead: `Recipe ${settings.recipe}: ${recipe.purpose}.`,
    task,
    build: (context) =>
      buildNetwork(recipe, context, {
        ...{ epochs, batch, without },
        learningRate: settings["learning-rate"],
      }),
    augment: [
      ...without === "flip" ? [] : [{ type: "alternatingFlip" } as const],
      ...without === "translate"
        ? []
        : [{ type: "translate", pixels: 2, padding: "reflect" } as const],
    ],
    mirrored: true,
    shift: 1,
    explain: ({ model }) =>
      explain({
        ...{ model, recipe, epochs, batch, validation, settings },
        images: Math.min(settings.limit ?? Infinity, task.training.x.shape[0]!) - validation,
        backend: backend.name,
      }),
    ...{ backend, epochs, batch, validation, resume },
    seed: settings.seed,
    limit: settings.limit,
    modelName: settings["model-name"],
    config: {
      ...rest,
      ...{ epochs, batch, validation, network: recipe },
      versions: { gradus: VERSION, deno: Deno.version.deno, v8: Deno.version.v8 },
    },
  };
}
