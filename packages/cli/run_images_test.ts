import { reference } from "@gradus/tensor/reference";
import { decodeSafetensors } from "@gradus/safetensors";
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { smallImages, smallModel, smallTraining } from "./_small_training_test.ts";
import { DivergedError } from "./diverged_error.ts";
import { type ImageProgram, type NetworkContext, runImages } from "./run_images.ts";
import { UsageError } from "./usage_error.ts";

const root = await Deno.makeTempDir();
globalThis.addEventListener("unload", () => Deno.removeSync(root, { recursive: true }));

/** Three epochs of 20 images, of which 6 are held out. */
function programOf(changes: Partial<ImageProgram> = {}): ImageProgram {
  const epochs = changes.epochs ?? 3;
  return {
    title: "Small",
    lead: "A small network.",
    task: { training: smallImages(20), test: smallImages(5, 7), classes: ["red", "green", "blue"] },
    build: ({ backend, random, stepsPerEpoch }) =>
      smallTraining(smallModel(backend, random), epochs * stepsPerEpoch),
    augment: [
      { type: "alternatingFlip" },
      { type: "translate", pixels: 1, padding: "reflect" },
    ],
    mirrored: false,
    explain: ({ model }) => [{
      title: "The model",
      parts: [{ kind: "code", text: model.summary() }],
    }],
    ...{ backend: reference(), epochs, batch: 4, seed: 5, validation: 6, limit: null },
    ...{ modelName: "small", root, resume: null, config: { seed: 5 } },
    ...changes,
  };
}

/** Stops at the end of an epoch. */
function stoppingAfter(epoch: number) {
  const stop = new AbortController();
  return {
    signal: stop.signal,
    onEpoch: (entry: { readonly epoch: number }) => {
      if (entry.epoch === epoch) stop.abort();
    },
  };
}

const read = (folder: string, name: string) => Deno.readFileSync(`${folder}/${name}`);
const runs = () => [...Deno.readDirSync(`${root}/small`)].length;

async function refuses(changes: Partial<ImageProgram>, message: string): Promise<void> {
  const before = runs();
  const error = await assertRejects(() => runImages(programOf(changes)), UsageError);
  assertEquals(error.message, message);
  assertEquals(runs(), before, "no folder was made");
}

describe("runImages()", () => {
  it("trains, tests with and without mirror images, and writes all into a folder", async () => {
    const contexts: NetworkContext[] = [];
    const { build, ...program } = programOf({ mirrored: true, shift: 1 });
    const { run, outcome, ...rest } = await runImages({
      ...program,
      build: (context) => {
        contexts.push(context);
        return build(context);
      },
    });
    assertEquals(rest.resumable, run.folder);
    assertEquals([outcome.epochs.length, outcome.isComplete], [3, true]);
    assertEquals([...Deno.readDirSync(run.folder)].map(({ name }) => name).sort(), [
      ...["accuracy.png", "accuracy.svg", "checkpoint.safetensors", "config.json"],
      ...["confusion.png", "confusion.svg", "history.csv", "history.json", "learning_rate.png"],
      ...["learning_rate.svg", "loss.png", "loss.svg", "mistakes.png", "mistakes.svg"],
      ...["model.safetensors", "parameters.csv", "predictions.csv", "report.html"],
    ]);
    const [{ training, statistics, stepsPerEpoch }] = contexts as [NetworkContext];
    assertEquals([training.x.shape, training.y.shape, stepsPerEpoch], [[14, 4, 4, 3], [14], 4]);
    assertEquals(JSON.parse(Deno.readTextFileSync(run.path("config.json"))), {
      ...{ seed: 5, statistics: JSON.parse(JSON.stringify(statistics)), parent: null },
      classes: ["red", "green", "blue"],
    });
    const lines = Deno.readTextFileSync(run.path("predictions.csv")).trimEnd().split("\r\n");
    assertEquals(lines.map((line) => line.split(",")[0]), ["Id", "1", "2", "3", "4", "5"]);
    const right = [0, 1, 2, 0, 1].filter((label, row) => lines[row + 1] === `${row + 1},${label}`);
    assertEquals(rest.shiftedTestAccuracy, right.length / 5);
    for (const accuracy of [rest.testAccuracy, rest.mirroredTestAccuracy]) {
      assert([0, 0.2, 0.4, 0.6, 0.8, 1].includes(accuracy!));
    }
    const { tensors } = decodeSafetensors(read(run.folder, "model.safetensors"));
    assert(tensors.has("0.weight") && tensors.has("6.bias"));
  });

  it("leaves the test images alone where it is told so", async () => {
    const { run, outcome, ...rest } = await runImages(programOf({ isTested: false }));
    assertEquals(rest, {
      ...{ testAccuracy: null, mirroredTestAccuracy: null, shiftedTestAccuracy: null },
      resumable: run.folder,
    });
    assert(outcome.isComplete);
    const names = [...Deno.readDirSync(run.folder)].map(({ name }) => name);
    assert(names.includes("model.safetensors") && names.includes("accuracy.svg"));
    assert(!names.includes("predictions.csv") && !names.includes("report.html"));
  });

  it("goes on in a new folder that names its parent, to the same bytes", async () => {
    const task = { ...programOf().task };
    const rows = task.test.y.data.length;
    // Without labels there is less to draw.
    task.test = { ...task.test, y: { data: new Int32Array(rows).fill(-1), shape: [rows] } };
    const whole = await runImages(programOf({ task }));
    const stopped = await runImages(programOf({ task, ...stoppingAfter(1) }));
    assertEquals([stopped.outcome.isComplete, stopped.testAccuracy], [false, null]);
    assertEquals(stopped.resumable, stopped.run.folder);
    assertEquals(
      [...Deno.readDirSync(stopped.run.folder)].map(({ name }) => name)
        .filter((name) => /^(model|report|predictions)/.test(name)),
      [],
    );
    const before = read(stopped.run.folder, "checkpoint.safetensors");

    const resumed = await runImages(programOf({ task, resume: stopped.run.folder }));
    assertNotEquals(resumed.run.folder, stopped.run.folder);
    const config = JSON.parse(Deno.readTextFileSync(resumed.run.path("config.json")));
    assertEquals(config.parent, stopped.run.folder);
    for (const name of ["model.safetensors", "checkpoint.safetensors", "predictions.csv"]) {
      assertEquals(read(resumed.run.folder, name), read(whole.run.folder, name), name);
    }
    assertEquals(read(stopped.run.folder, "checkpoint.safetensors"), before);
    assertEquals([resumed.testAccuracy, resumed.mirroredTestAccuracy], [null, null]);
    assertEquals(resumed.outcome.epochs.length, 3);

    await refuses(
      { resume: stopped.run.folder, epochs: 1 },
      `Cannot go on from ${stopped.run.folder} as no more than 1 epochs must be done: found 2`,
    );
  });

  it("names the run that has the last whole epoch, if there is one", async () => {
    const signal = AbortSignal.abort();
    const none = await runImages(programOf({ signal }));
    assertEquals([none.resumable, none.outcome.epochs.length], [null, 0]);
    const { resumable } = await runImages(programOf(stoppingAfter(0)));
    const again = await runImages(programOf({ signal, resume: resumable }));
    assertEquals([again.resumable, again.outcome.epochs.length], [resumable, 1]);
    assertNotEquals(again.run.folder, resumable);
  });

  it("gives the same bytes for the same seed, and others for another", async () => {
    const bytesOf = async (seed: number) => {
      const { run } = await runImages(programOf({ seed, ...stoppingAfter(0) }));
      return read(run.folder, "checkpoint.safetensors");
    };
    const first = await bytesOf(1);
    assertEquals(await bytesOf(1), first);
    assertNotEquals(await bytesOf(2), first);
  });

  it("uses no more training images than the limit", async () => {
    const { outcome } = await runImages(programOf({ limit: 10, ...stoppingAfter(0) }));
    const [{ training, validation }] = outcome.epochs as [typeof outcome.epochs[0]];
    assertEquals([training.rows, validation!.rows], [4, 6]);
  });

  it("refuses to go on from a run that does not fit, and makes no folder", async () => {
    await refuses(
      { resume: "no/such" },
      "Cannot go on from no/such as it must hold what a whole epoch leaves: found no history.json",
    );
  });

  it("refuses images that it cannot use, and makes no folder", async () => {
    await refuses(
      { validation: 20 },
      "Cannot hold out 20 images to validate by as some must be left to train on: found 20 in all",
    );
    await refuses(
      { limit: 6 },
      "Cannot hold out 6 images to validate by as some must be left to train on: found 6 in all",
    );
    const { task } = programOf();
    const x = { data: new Uint8Array(2 * 28 * 28), shape: [2, 28, 28, 1] };
    await refuses(
      { task: { ...task, test: { x, y: { data: new Int32Array(2), shape: [2] } } } },
      "Cannot test as images must be of the size that is trained on, 4 × 4 × 3: found 28 × 28 × 1",
    );
    const { x: images, y } = task.training;
    const data = images.data.map((value, i) => i % 3 === 1 ? 7 : value);
    await refuses(
      { task: { ...task, training: { x: { ...images, data }, y } } },
      "Cannot standardize channel 1 as its values must differ: found only 7",
    );
  });

  it("passes on that training diverges", async () => {
    const { build, ...program } = programOf();
    await assertRejects(
      () =>
        runImages({
          ...program,
          build: (context) => {
            const network = build(context);
            network.model.parameters.at(-1)!.value.set([Infinity, 0, 0]);
            return network;
          },
        }),
      DivergedError,
      "must be finite",
    );
  });
});
