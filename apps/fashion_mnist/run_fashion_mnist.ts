import { explainParts } from "@gradus/cli/explain-parts";
import { type ImageSweep, imageSweep } from "@gradus/cli/image-sweep";
import type { ImageProgram, ImageTask } from "@gradus/cli/run-images";
import { VERSION } from "@gradus/cli/version";
import type { Backend } from "@gradus/tensor";
import ablations from "./ablations.json" with { type: "json" };
import { AXES, HELD_OUT, type Settings, type Trial } from "./flags.ts";
import { readImages } from "./images.ts";
import { buildNetwork } from "./network.ts";
import { PARTS } from "./parts.ts";

/** What a run is told beside its settings. */
export type FashionMnistOptions = Pick<ImageProgram, "root">;

/** All trainings that settings make. */
export function fashionMnistSweep(
  settings: Settings,
  options: FashionMnistOptions & { readonly backend: Backend },
): ImageSweep {
  const { json: _json, help: _help, resume: _resume, trial: _trial, ...config } = settings;
  return imageSweep(settings, AXES, {
    ...{ program: "fashion-mnist", config, readTask: readImages },
    programOf: (task, trial) => programOf(task, trial, options),
  });
}

/** The training that settings ask for: data, network, what is to be told of it. */
export function programOf(
  task: ImageTask,
  settings: Trial,
  options: FashionMnistOptions & { readonly backend: Backend },
): ImageProgram {
  const { backend } = options;
  const epochs = settings.epochs!;
  const batch = settings.batch!;
  const validation = settings.validation ?? HELD_OUT[settings.sample ? "drawn" : "files"];
  const { json: _json, help: _help, resume, ...rest } = settings;
  const part = settings.without === null ? null : PARTS[settings.without];
  const left = part === null ? "" : ` Left out: ${part.what}; in its place ${part.instead}.`;
  const name = settings.sample ? "shapes drawn in code" : "Fashion-MNIST";
  return {
    ...options,
    title: `A perceptron on ${name}`,
    lead: `Hidden layers of ${settings.hidden.join(" and ")} units.`,
    task,
    build: (context) =>
      buildNetwork(settings, context, { epochs, learningRate: settings["learning-rate"]! }),
    augment: settings.without === "flip" ? [] : [{ type: "flip" }],
    mirrored: false,
    explain: ({ model }) => [{
      title: "The model",
      parts: [{ kind: "code", text: model.summary() }, ...explainParts(PARTS, ablations)],
    }, {
      title: "How it was made",
      parts: [
        {
          kind: "text",
          text:
            `Relu and dropout of ${settings.dropout} behind each hidden layer, weights from he_normal, random mirror images. SGD with momentum ${settings.momentum} and weight decay ${
              settings["weight-decay"]
            }, batches of ${batch}, ${epochs} epochs, one cycle of the learning rate with a peak of ${
              settings["learning-rate"]
            }, seed ${settings.seed}, backend ${backend.name}.${left} ${validation} training images were held out to validate by; the test images were looked at once, at the end. config.json has every setting.`,
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
  };
}
