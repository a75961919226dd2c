import { VERSION } from "@gradus/cli/version";
import { openBackend } from "@gradus/cli/open-backend";
import {
  type ImageOutcome,
  type ImageProgram,
  type ImageTask,
  runImages,
} from "@gradus/cli/run-images";
import { flip } from "@gradus/data/flip";
import { HELD_OUT, type Settings } from "./flags.ts";
import { buildNetwork } from "./network.ts";

/** What a run is told beside its settings. */
export type FashionMnistOptions = Pick<ImageProgram, "root" | "signal" | "onProgress" | "onEpoch">;

/** Trains the perceptron, tests it once, and writes everything into a new folder. */
export async function runFashionMnist(
  task: ImageTask,
  settings: Settings,
  options: FashionMnistOptions,
): Promise<ImageOutcome> {
  const epochs = settings.epochs!;
  const batch = settings.batch!;
  const validation = settings.validation ?? HELD_OUT[settings.sample ? "drawn" : "files"];
  await using backend = await openBackend(settings.backend);
  const { json: _json, help: _help, resume, ...rest } = settings;
  const name = settings.sample ? "shapes drawn in code" : "Fashion-MNIST";
  return await runImages({
    ...options,
    title: `A perceptron on ${name}`,
    lead: `Hidden layers of ${settings.hidden.join(" and ")} units.`,
    task,
    build: (context) =>
      buildNetwork(settings, context, { epochs, learningRate: settings["learning-rate"]! }),
    augment: [flip()],
    mirrored: false,
    explain: ({ model }) => [{
      title: "How it was made",
      parts: [
        { kind: "code", text: model.summary() },
        {
          kind: "text",
          text:
            `Relu and dropout of ${settings.dropout} behind each hidden layer, weights from he_normal, random mirror images. SGD with momentum ${settings.momentum} and weight decay ${
              settings["weight-decay"]
            }, batches of ${batch}, ${epochs} epochs, one cycle of the learning rate with a peak of ${
              settings["learning-rate"]
            }, seed ${settings.seed}, backend ${settings.backend}. ${validation} training images were held out to validate by; the test images were looked at once, at the end. config.json has every setting.`,
        },
      ],
    }],
    ...{ backend, epochs, batch, validation, resume },
    seed: settings.seed,
    limit: settings.limit,
    modelName: settings["model-name"],
    config: {
      ...rest,
      validation,
      versions: { gradus: VERSION, deno: Deno.version.deno, v8: Deno.version.v8 },
    },
  });
}
