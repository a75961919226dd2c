import { inFolder } from "@gradus/testing/in-folder";
import { reference } from "@gradus/tensor/reference";
import { exportTorch } from "@gradus/torch";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { smallImages, smallModel } from "./_small_training_test.ts";
import { runImages } from "./run_images.ts";
import { openRunModel } from "./run_model.ts";
import { openRunTraining } from "./run_training.ts";
import { startTraining, type TrainingSettings } from "./training_settings.ts";
import { UsageError } from "./usage_error.ts";

const backend = reference();

const settings: TrainingSettings = {
  loss: { type: "softmaxCrossEntropy", labelSmoothing: 0.1, classWeights: [1, 2, 1] },
  optimizer: {
    type: "sgd",
    ...{ momentum: 0.9, nesterov: true, dampening: 0, decoupled: false, rateInVelocity: false },
    ...{ clipNorm: 1, clipParameterNorm: null },
    groups: [{
      parameters: ["0.weight", "2.scale", "2.shift", "6.weight", "6.bias"],
      learningRate: { type: "cosine", rate: 0.1, steps: 12, final: 0 },
      weightDecay: 0.001,
    }],
  },
  average: { decay: { limit: 0.5, steps: 4, power: 1 }, every: 2, lookahead: true },
};

/** A run of two epochs on images of which there are files somewhere. */
async function run(root: string, changes: object = {}): Promise<string> {
  const images = smallImages(20);
  const files = { type: "cifar10", folder: "data/cifar-10" } as const;
  const { run: { folder } } = await runImages({
    ...{ title: "Small", lead: "A small network.", mirrored: false, explain: () => [] },
    task: { training: images, test: images, classes: ["red", "green", "blue"], files },
    build: ({ backend, random }) => startTraining(smallModel(backend, random), settings),
    augment: [{ type: "cutout", size: 2 }],
    ...{ backend, epochs: 2, batch: 4, seed: 5, validation: 6, limit: null },
    ...{ modelName: "small", root, resume: null, config: {} },
    ...changes,
  });
  return folder;
}

async function open(folder: string) {
  const model = await openRunModel(folder, { backend, verb: "export" });
  return { model, training: await openRunTraining(folder, { model, verb: "export" }) };
}

describe("openRunTraining()", () => {
  it("opens what a run of images was trained by, after its last epoch", async () => {
    await inFolder(async (root) => {
      const folder = await run(root);
      const { model, training } = await open(folder);
      const { record, optimizer, average, epochs } = training!;
      const { statistics } = JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
      assertEquals({ ...record, rows: record.rows.length }, {
        data: {
          ...{ type: "cifar10", folder: "data/cifar-10", statistics },
          augment: [{ type: "cutout", size: 2 }],
        },
        ...{ rows: 14, batch: 4, epochs: 2, seed: 5, frozen: ["0.weight", "2.scale"] },
        ...settings,
      });
      assertEquals(new Set(record.rows).size, 14);
      assertEquals([optimizer.steps, average!.save().steps, epochs], [8, 8, 2]);
      assertEquals(
        model.parameters.filter(({ trainable }) => !trainable).map(({ name }) => name),
        record.frozen,
      );
    });
  });

  it("is what exportTorch() takes", async () => {
    await inFolder(async (root) => {
      const { model, training } = await open(await run(root));
      // These images are smaller than those of the files.
      await assertRejects(
        () => exportTorch({ model, training: training! }),
        TypeError,
        "the model's inputs must be those of cifar10, [32, 32, 3]: found [4, 4, 3]",
      );
    });
  });

  it("tells a run that other programs could not repeat", async () => {
    await inFolder(async (root) => {
      const images = smallImages(20);
      const task = { training: images, test: images, classes: ["red", "green", "blue"] };
      assertEquals((await open(await run(root, { task }))).training, null);
    });
  });

  it("tells in one line what is wrong", async () => {
    await inFolder(async (root) => {
      const folder = await run(root);
      const refuses = async (message: string) =>
        assertEquals((await assertRejects(() => open(folder), UsageError)).message, message);
      const text = await Deno.readTextFile(`${folder}/training.json`);
      await Deno.writeTextFile(`${folder}/training.json`, text.replace('"batch":4', '"batch":0'));
      await refuses(
        `Cannot export ${folder} as its training must be whole: found Cannot read a training as batch must be a whole number of at least 1: found 0`,
      );
      await Deno.writeTextFile(`${folder}/training.json`, text.replace('"2.shift"', '"3.shift"'));
      await refuses(
        `Cannot export ${folder} as its training must be whole: found Cannot make an optimizer as its groups must name parameters of the model: found "3.shift"`,
      );
      await Deno.writeTextFile(`${folder}/training.json`, text);
      await Deno.remove(`${folder}/checkpoint.safetensors`);
      await refuses(
        `Cannot export ${folder} as it must hold what a whole epoch leaves: found no checkpoint.safetensors`,
      );
    });
  });
});
