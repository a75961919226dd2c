import { Dense } from "@gradus/layers";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { Sgd } from "@gradus/optim";
import { random } from "@gradus/random";
import { reference } from "@gradus/tensor/reference";
import { encodeModel, openRun } from "@gradus/train";
import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { smallBatches, smallModel, smallTraining } from "./_small_training_test.ts";
import { resumeClassifier } from "./resume_classifier.ts";
import { trainClassifier } from "./train_classifier.ts";
import { UsageError } from "./usage_error.ts";

const root = await Deno.makeTempDir();
globalThis.addEventListener("unload", () => Deno.removeSync(root, { recursive: true }));

const setUp = (seed = 0) => smallTraining(smallModel(reference(), random(seed)), 8);

/** The folder of a run of two epochs. */
async function trained() {
  const parts = setUp();
  const run = await openRun({ root, modelName: "small", config: {} });
  const { epochs } = await trainClassifier({
    ...{ ...parts, ...smallBatches(), run, epochs: 2 },
    backend: parts.optimizer.flag.backend,
    validationLoss: new SoftmaxCrossEntropy(),
  });
  return { folder: run.folder, epochs: [...epochs], bytes: await encodeModel(parts.model) };
}

async function refuses(
  folder: string,
  message: string,
  training: Parameters<typeof resumeClassifier>[0] = setUp(),
): Promise<void> {
  const before = await encodeModel(training.model);
  const error = await assertRejects(() => resumeClassifier(training, folder), UsageError);
  assertEquals(error.message, message);
  assertEquals(await encodeModel(training.model), before);
}

const { folder, epochs, bytes } = await trained();
const [history, checkpoint] = ["history.json", "checkpoint.safetensors"].map((name) =>
  `${folder}/${name}`
) as [string, string];

/** Runs while a file has other contents, or none. */
async function changed(path: string, contents: Uint8Array | string | null, run: () => unknown) {
  const before = await Deno.readFile(path);
  if (contents === null) await Deno.remove(path);
  else if (typeof contents === "string") await Deno.writeTextFile(path, contents);
  else await Deno.writeFile(path, contents);
  try {
    await run();
  } finally {
    await Deno.writeFile(path, before);
  }
}

describe("resumeClassifier()", () => {
  it("gives model, optimizer and average their state, and the epochs that were done", async () => {
    const parts = setUp(1);
    assertNotEquals(await encodeModel(parts.model), bytes);
    assertEquals(await resumeClassifier(parts, folder), epochs);
    assertEquals(await encodeModel(parts.model), bytes);
    assertEquals([parts.optimizer.steps, parts.average.save().steps], [8, 8]);
  });

  it("leaves out epochs after those of the checkpoint, as a crash may leave them", async () => {
    const more = [...epochs, { ...epochs[1]!, epoch: 2 }];
    await changed(history, JSON.stringify(more), async () => {
      assertEquals(await resumeClassifier(setUp(), folder), epochs);
    });
  });

  it("refuses a folder without a whole epoch", async () => {
    const found = "as it must hold what a whole epoch leaves: found no";
    await refuses("no/such", `Cannot go on from no/such ${found} history.json`);
    await changed(history, null, async () => {
      await refuses(folder, `Cannot go on from ${folder} ${found} history.json`);
    });
    await changed(checkpoint, null, async () => {
      await refuses(folder, `Cannot go on from ${folder} ${found} checkpoint.safetensors`);
    });
  });

  it("refuses a history that is damaged or too short", async () => {
    const wrong = ["", "[", "7", "null", "{}", "[7]", "[null]", "[{}]", "[[]]"];
    const [first, second] = epochs;
    const entries = [
      [second, first],
      [first, { ...second, learningRate: null }],
      [first, { ...second, durationMs: "1" }],
      [first, { ...second, training: null }],
      [first, { ...second, validation: { loss: null } }],
    ].map((entries) => JSON.stringify(entries));
    for (const text of [...wrong, ...entries]) {
      await changed(history, text, () =>
        refuses(
          folder,
          `Cannot go on from ${folder} as its history.json must be a list of epochs: found something else`,
        ));
    }
    const error = await assertRejects(
      () => changed(history, "[]", () => resumeClassifier(setUp(), folder)),
      UsageError,
    );
    assertEquals(
      error.message,
      `Cannot go on from ${folder} as its history.json must list the 2 epochs of its checkpoint: found 0`,
    );
  });

  it("refuses a checkpoint that is damaged", async () => {
    const whole = await Deno.readFile(checkpoint);
    await changed(checkpoint, whole.subarray(0, 5), () =>
      refuses(
        folder,
        `Cannot decode ${checkpoint} as it must start with the 8 bytes of a length: found its end at byte 5`,
      ));
    const model = await encodeModel(setUp().model);
    await changed(checkpoint, model, () =>
      refuses(
        folder,
        `Cannot resume from ${checkpoint} as its metadata must hold a checkpoint: found none`,
      ));
  });

  it("refuses a checkpoint of another model", async () => {
    const model = new Dense(3);
    model.init([4], { backend: reference(), random: random(0) });
    const optimizer = new Sgd(model.parameters, { learningRate: 0.1 });
    await refuses(
      folder,
      `Cannot load ${checkpoint} as it must have the training's states and no other: found missing none, extra model.5.key, model.5.step, average`,
      { model, optimizer },
    );
    const { average: _, ...others } = setUp();
    await refuses(
      folder,
      `Cannot load ${checkpoint} as it must have the training's states and no other: found missing none, extra average`,
      others,
    );
  });
});
