import { inFolder } from "@gradus/testing/in-folder";
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { cifarFile, fashionFiles } from "../_image_files_test.ts";
import { programText } from "../page/program.ts";
import type { Settings } from "../settings.ts";
import { Rehearsal, settingsFor } from "./_rehearsal_test.ts";
import type { DroppedFile } from "./read_files.ts";

const config = new URL("../../../deno.json", import.meta.url).pathname;

async function files(): Promise<DroppedFile[]> {
  const named = [...await fashionFiles("train", 60), ...await fashionFiles("t10k", 20)];
  return named.map(({ name, buffer }) => ({ name, bytes: new Uint8Array(buffer) }));
}

describe("Trainer", () => {
  const cases: readonly Settings[] = [
    settingsFor("iris", { epochs: 3, seed: 2, batch: 7 }),
    settingsFor("iris", { epochs: 2, optimizer: "rmsprop", learningRate: 0.001, threads: 2 }),
    settingsFor("shapes", { epochs: 2, rows: 50, width: 2, optimizer: "adamw" }),
    settingsFor("shapes", { epochs: 1, rows: 30, network: "perceptron", width: 5 }),
    settingsFor("files", { epochs: 2, rows: 40, width: 2, batch: 16, optimizer: "muon" }),
  ];
  for (const settings of cases) {
    const { data, network, optimizer } = settings;
    it(`trains on ${data} by ${network} and ${optimizer} as the program that is shown`, async () => {
      await inFolder(async (folder) => {
        const rehearsal = new Rehearsal();
        if (data === "files") {
          const dropped = await files();
          await rehearsal.trainer.read(dropped);
          await Deno.mkdir(`${folder}/data/fashion-mnist`, { recursive: true });
          for (const { name, bytes } of dropped) {
            await Deno.writeFile(`${folder}/data/fashion-mnist/${name}`, bytes);
          }
        }
        await rehearsal.train(settings);
        const points = rehearsal.all("progress").map(({ progress }) => progress);
        const training = points.flatMap((progress) => progress.training);
        const validation = points.flatMap((progress) => progress.validation);
        const context = { files: rehearsal.last("files")?.files ?? null, backend: "wasm" } as const;
        const printed = await run(programText(settings, context), folder);
        assertEquals(
          printed.map(([epoch, , , loss, accuracy]) => ({ epoch, loss, accuracy })),
          validation.slice(1),
        );
        for (const [epoch, loss, accuracy] of printed) {
          const points = training.filter((point) => Math.ceil(point.epoch) === epoch);
          // There are more where the machine stood still for half a second.
          if (points.length === 1) assertEquals(points, [{ epoch, loss, accuracy }]);
        }
      });
    });
  }

  it("tests on the part that is kept for it, once all epochs are done", async () => {
    const rehearsal = new Rehearsal();
    await rehearsal.trainer.read(await files());
    await rehearsal.train(
      settingsFor("files", { network: "perceptron", epochs: 20, batch: 8, optimizer: "adam" }),
    );
    assertEquals(rehearsal.last("state").text, "Done. Test accuracy: 100.0 %.");
    assertEquals(rehearsal.last("task").task.rows, { training: 54, validation: 6, test: 20 });
  });

  it("trains on what there is, and keeps its data and network", async () => {
    const rehearsal = new Rehearsal();
    await rehearsal.train(settingsFor("iris", { epochs: 2 }));
    const { tensors } = await weights(rehearsal);
    await rehearsal.train(settingsFor("shapes", { epochs: 3, learningRate: 0 }), false);
    const { progress } = rehearsal.last("progress");
    assertEquals([progress.epoch, progress.epochs], [5, 5]);
    assertEquals(rehearsal.last("task").task.title, "Iris");
    assertEquals((await weights(rehearsal)).tensors, tensors);
  });

  it("pauses between two steps, and goes on", async () => {
    const rehearsal = new Rehearsal();
    const { trainer } = rehearsal;
    await trainer.start(settingsFor("iris", { epochs: 100_000 }), true);
    trainer.pause();
    await pause(50);
    const { length } = rehearsal.reports;
    await pause(400);
    assertEquals(rehearsal.reports.length, length);
    trainer.resume();
    await pause(400);
    assert(rehearsal.reports.length > length + 1);
    await trainer.stop();
    assertEquals(rehearsal.last("state"), { type: "state", state: "ready", text: "Stopped." });
  });

  it("says why training broke off", async () => {
    const rehearsal = new Rehearsal();
    await rehearsal.train(
      settingsFor("shapes", { rows: 20, network: "perceptron", learningRate: 1e30 }),
    );
    assertEquals(
      rehearsal.last("state").text,
      "Training broke off. A lower learning rate may help.",
    );
    assertEquals(
      rehearsal.last("error").message,
      "Cannot update 1.weight at step 1 as its gradient must be finite: found NaN or Infinity",
    );
  });

  it("answers for inputs of its size alone", async () => {
    const rehearsal = new Rehearsal();
    const { trainer } = rehearsal;
    await trainer.predict("input", new Float32Array(4));
    assertEquals(rehearsal.last("answers").probabilities, null);
    await rehearsal.train(settingsFor("iris", { epochs: 1 }));
    await trainer.predict("input", new Float32Array(3));
    assertEquals(rehearsal.last("answers").probabilities, null);
    await trainer.predict("map", new Float32Array(8));
    const { about, probabilities } = rehearsal.last("answers");
    assertEquals([about, probabilities!.length], ["map", 6]);
    const sums = [0, 3].map((row) => probabilities!.slice(row, row + 3).reduce((a, b) => a + b));
    for (const sum of sums) assert(Math.abs(sum - 1) < 1e-6);
  });

  it("tells of layers before there is a model", async () => {
    const rehearsal = new Rehearsal();
    await rehearsal.trainer.describe(settingsFor("shapes", { width: 2 }));
    const { inputShape, layers } = rehearsal.last("network").network;
    assertEquals(inputShape, [32, 32, 3]);
    assertEquals(layers.map(({ outputShape }) => outputShape.join(" ")), [
      "32 32 2",
      "32 32 2",
      "32 32 2",
      "16 16 2",
      "16 16 4",
      "16 16 4",
      "16 16 4",
      "8 8 4",
      "8 8 8",
      "8 8 8",
      "8 8 8",
      "8",
      "10",
    ]);
    assertEquals(layers.map(({ parameters }) => parameters), [
      56,
      4,
      0,
      0,
      76,
      8,
      0,
      0,
      296,
      16,
      0,
      0,
      90,
    ]);
    assertEquals(rehearsal.last("backend").backend.title, "WebAssembly, 1 thread");
  });

  it("keeps the model where a file of weights does not fit", async () => {
    const rehearsal = new Rehearsal();
    await rehearsal.train(settingsFor("iris", { epochs: 1 }));
    const { bytes } = await weights(rehearsal);
    const file = { name: "iris.safetensors", bytes };
    await assertRejects(
      () => rehearsal.trainer.load(file, settingsFor("iris", { width: 3 })),
      TypeError,
      "Cannot load 0.weight from iris.safetensors as its shape must be [4, 3]: found [4, 16]",
    );
    assertEquals(rehearsal.last("state").state, "ready");
    assertEquals((await weights(rehearsal)).bytes, bytes);
  });

  it("takes what inputs go through from the file of weights", async () => {
    const [one, other] = [new Rehearsal(), new Rehearsal()];
    await one.train(settingsFor("iris", { epochs: 20, seed: 1 }));
    const { bytes } = await weights(one);
    await other.trainer.load({ name: "x.safetensors", bytes }, settingsFor("iris", { seed: 2 }));
    const input = Float32Array.of(5.8, 3, 4.3, 1.3);
    for (const { trainer } of [one, other]) await trainer.predict("input", input);
    assertEquals(other.last("answers"), one.last("answers"));
    assertNotEquals(one.last("answers").probabilities, null);
  });

  it("has no model after a start that fails, and says so", async () => {
    const rehearsal = new Rehearsal();
    await assertRejects(
      () => rehearsal.trainer.start(settingsFor("files"), true),
      Error,
      "Cannot train on files as there must be some: drop those of Fashion-MNIST or CIFAR-10",
    );
    assertEquals(rehearsal.all("state").map(({ state }) => state), ["preparing", "empty"]);
    await assertRejects(
      () => rehearsal.trainer.save(),
      Error,
      "Cannot save weights as there must be a model: found none",
    );
  });

  it("trains on a batch of CIFAR-10", async () => {
    const rehearsal = new Rehearsal();
    const { name, buffer } = cifarFile("data_batch_1.bin", 40);
    await rehearsal.trainer.read([{ name, bytes: new Uint8Array(buffer) }]);
    await rehearsal.train(settingsFor("files", { width: 1, epochs: 1 }));
    assertEquals(rehearsal.last("task").task.inputShape, [32, 32, 3]);
    assertEquals(rehearsal.last("state").text, "Done.");
  });
});

async function weights(rehearsal: Rehearsal) {
  await rehearsal.trainer.save();
  const { decodeSafetensors } = await import("@gradus/safetensors");
  const { bytes } = rehearsal.last("weights");
  return { bytes, tensors: decodeSafetensors(bytes).tensors };
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

/** The numbers that a program prints, line by line. */
async function run(program: string, folder: string): Promise<number[][]> {
  await Deno.writeTextFile(`${folder}/program.ts`, program);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", `--config=${config}`, `--allow-read=${folder}`, "program.ts"],
    cwd: folder,
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  return lines.map((line) => line.split(" ").map(Number));
}
