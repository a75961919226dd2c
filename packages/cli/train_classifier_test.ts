import { Batches } from "@gradus/data";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { oneCycle, Sgd } from "@gradus/optim";
import type { Backend } from "@gradus/tensor";
import { cpu } from "@gradus/tensor/cpu";
import { reference } from "@gradus/tensor/reference";
import {
  encodeModel,
  type EpochEntry,
  evaluate,
  loadCheckpoint,
  openRun,
  WeightAverage,
} from "@gradus/train";
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseXml } from "./_parse_xml_test.ts";
import { smallBatches, smallImages, smallModel, smallTraining } from "./_small_training_test.ts";
import { DivergedError } from "./diverged_error.ts";
import { resumeClassifier } from "./resume_classifier.ts";
import {
  type ClassifierProgress,
  type ClassifierTraining,
  trainClassifier,
} from "./train_classifier.ts";

const EPOCHS = 4;
/** Of 14 rows in batches of 4. */
const STEPS = 4;

const root = await Deno.makeTempDir();
globalThis.addEventListener("unload", () => Deno.removeSync(root, { recursive: true }));

async function setUp(backend: Backend): Promise<ClassifierTraining> {
  return {
    ...smallTraining(smallModel(backend), EPOCHS * STEPS),
    ...smallBatches(),
    validationLoss: new SoftmaxCrossEntropy(),
    ...{ backend, epochs: EPOCHS },
    run: await openRun({ root, modelName: backend.name, config: {}, redrawMs: 0 }),
  };
}

/** Files of a run's folder that a later run can go on from. */
function filesOf(folder: string): Record<string, Uint8Array> {
  const names = ["checkpoint.safetensors", "history.json"];
  return Object.fromEntries(names.map((name) => [name, Deno.readFileSync(`${folder}/${name}`)]));
}

/** Trains, and keeps what was saved after each epoch, first to last. */
async function train(parts: ClassifierTraining) {
  const saved: Record<string, Uint8Array>[] = [];
  const onEpoch = () => void saved.push(filesOf(parts.run.folder));
  const outcome = await trainClassifier({ ...parts, onEpoch });
  return { outcome, saved, bytes: await encodeModel(parts.model) };
}

/** A history without what tells the time. */
function timeless(epochs: readonly EpochEntry[]): unknown {
  return epochs.map(({ durationMs: _, ...rest }) => JSON.parse(JSON.stringify(rest)));
}

/** Batches that stop the training while a step is taken. */
function stoppingAt(
  training: ClassifierTraining["training"],
  at: { readonly epoch: number; readonly step: number },
) {
  const stop = new AbortController();
  const batches = {
    ...{ rows: training.rows, length: training.length },
    *epoch(index: number) {
      let step = 0;
      for (const batch of training.epoch(index)) {
        if (index === at.epoch && step++ === at.step) stop.abort();
        yield batch;
      }
    },
  };
  return { training: batches, signal: stop.signal };
}

describe("trainClassifier()", () => {
  it("trains all epochs, and tells what each came to", async () => {
    const parts = await setUp(reference());
    const seen: EpochEntry[] = [];
    const { epochs, ...rest } = await trainClassifier({
      ...parts,
      onEpoch: (entry) => seen.push(entry),
    });
    assertEquals(epochs.map(({ epoch }) => epoch), [0, 1, 2, 3]);
    assertEquals(seen, [...epochs]);
    for (const { training, validation, durationMs, parameters } of epochs) {
      assertEquals([training.rows, validation!.rows], [14, 6]);
      assert(durationMs > 0);
      assertEquals(parameters!.map(({ name }) => name), [
        ...["0.weight", "2.scale", "2.shift", "6.weight", "6.bias"],
      ]);
    }
    const last = epochs.at(-1)!;
    assert(last.training.loss < epochs[0]!.training.loss - 0.2);
    assertEquals(
      last.validation,
      await evaluate({ ...parts, loss: parts.validationLoss, batches: parts.validation }),
    );
    const { learningRates, imagesPerSecond, firstStep, isComplete } = rest;
    assertEquals([firstStep, isComplete], [0, true]);
    const schedule = oneCycle({ peak: 0.05, steps: EPOCHS * STEPS });
    assertEquals(learningRates, Array.from({ length: EPOCHS * STEPS }, (_, i) => schedule(i)));
    assertEquals(last.learningRate, learningRates.at(-1));
    assert(imagesPerSecond > 0 && Number.isFinite(imagesPerSecond));
  });

  it("validates averaged weights, and has them in the model in the end", async () => {
    const parts = await setUp(reference());
    const average = new WeightAverage(parts.model, { decay: 0.5 });
    const { outcome, saved, bytes } = await train({ ...parts, average });
    const kept = await setUp(reference());
    const averaged = new WeightAverage(kept.model, { decay: 0.5 });
    const training = { ...kept, average: averaged };
    await loadCheckpoint(training, `${parts.run.folder}/checkpoint.safetensors`);
    assertNotEquals(await encodeModel(kept.model), bytes);
    averaged.swap();
    assertEquals(await encodeModel(kept.model), bytes);
    assertEquals(saved.length, EPOCHS);
    assertEquals(
      outcome.epochs.at(-1)!.validation,
      await evaluate({ ...kept, loss: kept.validationLoss, batches: kept.validation }),
    );

    const stopped = await setUp(reference());
    const own = new WeightAverage(stopped.model, { decay: 0.5 });
    await trainClassifier({
      ...stopped,
      average: own,
      ...stoppingAt(stopped.training, { epoch: 2, step: 0 }),
    });
    // The contents are not swapped.
    assertEquals(own.save().steps, 2 * STEPS + 1);
  });

  it("writes tables, curves, history and a checkpoint after each epoch", async () => {
    const parts = await setUp(reference());
    const { folder } = parts.run;
    let count = 0;
    const onEpoch = () => {
      count++;
      const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
      assertEquals(names, [
        ...["accuracy.svg", "checkpoint.safetensors", "config.json", "history.csv"],
        ...["history.json", "loss.svg", "parameters.csv"],
      ]);
      const read = (name: string) => Deno.readTextFileSync(`${folder}/${name}`);
      assertEquals(read("history.csv").trimEnd().split("\n").length, 1 + count);
      assertEquals(read("parameters.csv").trimEnd().split("\n").length, 1 + 5 * count);
      assertEquals(JSON.parse(read("history.json")).length, count);
      for (const name of ["loss.svg", "accuracy.svg"]) parseXml(read(name));
    };
    const { epochs } = await trainClassifier({ ...parts, onEpoch });
    assertEquals(count, EPOCHS);
    assertEquals(
      JSON.parse(Deno.readTextFileSync(`${folder}/history.json`)),
      JSON.parse(JSON.stringify(epochs)),
    );
    const other = await setUp(reference());
    assertNotEquals(await encodeModel(other.model), await encodeModel(parts.model));
    assertEquals(await loadCheckpoint(other, `${folder}/checkpoint.safetensors`), EPOCHS);
    assertEquals(await encodeModel(other.model), await encodeModel(parts.model));
  });

  it("shows progress at the end of each epoch at least", async () => {
    const shown: ClassifierProgress[] = [];
    const onProgress = (progress: ClassifierProgress) => void shown.push(progress);
    const { epochs } = await trainClassifier({ ...await setUp(reference()), onProgress });
    const ends = epochs.map(({ training }) =>
      shown.find(({ loss, accuracy }) => loss === training.loss && accuracy === training.accuracy)!
    );
    assertEquals(ends.map(({ share }) => share), [0.25, 0.5, 0.75, 1]);
    assertEquals(ends.map(({ epoch }) => epoch), [0, 1, 2, 3]);
    assert(ends.every(({ epochs, imagesPerSecond }) => epochs === EPOCHS && imagesPerSecond > 0));
    assert(ends[0]!.leftMs > 0);
    assertEquals(ends[3]!.leftMs, 0);
  });

  for (const open of [reference, () => cpu({ threads: 1 })]) {
    it(
      `goes on from any epoch as if it had never stopped, to the byte, on ${open.name || "cpu"}`,
      async () => {
        await using backend = await open();
        const whole = await train(await setUp(backend));
        const checkpoints = whole.saved.map((files) => files["checkpoint.safetensors"]!);
        assertEquals(checkpoints.length, EPOCHS);
        for (let epoch = 1; epoch < EPOCHS; epoch++) {
          const folder = `${root}/${backend.name}-at-${epoch}`;
          await Deno.mkdir(folder);
          for (const [name, bytes] of Object.entries(whole.saved[epoch - 1]!)) {
            await Deno.writeFile(`${folder}/${name}`, bytes);
          }
          const parts = await setUp(backend);
          const done = await resumeClassifier(parts, folder);
          const resumed = await train({ ...parts, done });
          assertEquals(resumed.bytes, whole.bytes);
          assertEquals(
            resumed.saved.map((files) => files["checkpoint.safetensors"]!),
            checkpoints.slice(epoch),
          );
          const { epochs, learningRates, firstStep, isComplete } = resumed.outcome;
          assertEquals(timeless(epochs), timeless(whole.outcome.epochs));
          assertEquals(epochs.slice(0, epoch), done);
          assertEquals(learningRates, whole.outcome.learningRates.slice(epoch * STEPS));
          assertEquals([firstStep, isComplete], [epoch * STEPS, true]);
        }
      },
    );
  }

  it("does nothing more where all epochs were done", async () => {
    const parts = await setUp(reference());
    const { outcome: { epochs }, bytes } = await train(parts);
    const outcome = await trainClassifier({ ...parts, done: [...epochs] });
    assertEquals(outcome, {
      ...{ epochs, firstStep: EPOCHS * STEPS, learningRates: [] },
      ...{ imagesPerSecond: 0, isComplete: true },
    });
    assertEquals(await encodeModel(parts.model), bytes);
  });

  it("stops after the step that is under way, and keeps the last whole epoch", async () => {
    const whole = await train(await setUp(reference()));
    const parts = await setUp(reference());
    const stopped = await train({ ...parts, ...stoppingAt(parts.training, { epoch: 2, step: 1 }) });
    const { epochs, learningRates, isComplete } = stopped.outcome;
    assertEquals([epochs.length, learningRates.length, isComplete], [2, 2 * STEPS + 2, false]);
    const checkpoints = whole.saved.map((files) => files["checkpoint.safetensors"]!);
    assertEquals(filesOf(parts.run.folder)["checkpoint.safetensors"], checkpoints[1]);
    assertNotEquals(stopped.bytes, whole.bytes);

    const again = await setUp(reference());
    const done = await resumeClassifier(again, parts.run.folder);
    assertEquals((await train({ ...again, done })).bytes, whole.bytes);
  });

  it("stops between epochs, and is complete where it was the last", async () => {
    for (const [epoch, isComplete] of [[1, false], [EPOCHS - 1, true]] as const) {
      const parts = await setUp(reference());
      const stopping = stoppingAt(parts.training, { epoch, step: STEPS - 1 });
      const { outcome } = await train({ ...parts, ...stopping });
      assertEquals(outcome.epochs.length, epoch + 1);
      assertEquals(outcome.learningRates.length, (epoch + 1) * STEPS);
      assertEquals(outcome.isComplete, isComplete);
    }
  });

  it("stops in the first epoch with an empty history and no checkpoint", async () => {
    const parts = await setUp(reference());
    const { epochs, learningRates, isComplete } = await trainClassifier({
      ...parts,
      signal: AbortSignal.abort(),
    });
    assertEquals([epochs.length, learningRates.length, isComplete], [0, 1, false]);
    const names = [...Deno.readDirSync(parts.run.folder)].map(({ name }) => name).sort();
    assertEquals(names, ["config.json", "history.csv", "parameters.csv"]);
  });

  it("refuses to go on from a gradient or a loss that is not finite", async () => {
    const parts = await setUp(reference());
    const optimizer = new Sgd(parts.model.parameters, { learningRate: 1e30 });
    const error = await assertRejects(
      () => trainClassifier({ ...parts, optimizer }),
      DivergedError,
    );
    assertEquals(
      error.message,
      "Cannot update 2.shift at step 1 as its gradient must be finite: found NaN or Infinity",
    );
    assert(error.cause instanceof RangeError);
  });

  it("refuses a validation loss that is not finite, and saves nothing of its epoch", async () => {
    const parts = await setUp(reference());
    const { x, y } = smallImages(2);
    const data = new Float32Array(x.data.length).fill(Infinity);
    const error = await assertRejects(
      () =>
        trainClassifier({
          ...parts,
          validation: new Batches({ x: { data, shape: x.shape }, y }, { size: 2 }),
        }),
      DivergedError,
    );
    assertEquals(
      error.message,
      "Cannot go on training as the validation loss of epoch 1 must be finite: found NaN",
    );
    assertEquals([...Deno.readDirSync(parts.run.folder)].map(({ name }) => name), ["config.json"]);
  });

  it("passes on errors that are no divergence", async () => {
    const parts = await setUp(reference());
    const { y } = smallImages(14);
    const x = { data: new Float32Array(14), shape: [14, 1] };
    await assertRejects(
      () => trainClassifier({ ...parts, training: new Batches({ x, y }, { size: 4 }) }),
      TypeError,
    );
  });

  it("gives its memory back", async () => {
    const parts = await setUp(reference());
    await trainClassifier(parts);
    const { memory } = parts.backend;
    const { sizeBytes, storages } = memory;
    await trainClassifier(parts);
    assertEquals([memory.sizeBytes, memory.storages], [sizeBytes, storages]);
  });
});
