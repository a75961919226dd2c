import {
  Batches,
  type Dataset,
  fitStandardizer,
  iris,
  stratifiedSplit,
  takeRows,
} from "@gradus/data";
import { Dense, Dropout, Relu, Sequential, Softmax } from "@gradus/layers";
import { CrossEntropy, SoftmaxCrossEntropy } from "@gradus/losses";
import { exponential, type Schedule, Sgd, stepDecay } from "@gradus/optim";
import { random } from "@gradus/random";
import { tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type BatchSource, encodeModel, evaluate, fit, openRun, save } from "./mod.ts";

function makeModel(seed: number): Sequential {
  const model = new Sequential([new Dense(8), new Relu(), new Dropout(0.1), new Dense(3)]);
  model.init([4], { backend: reference(), random: random(seed) });
  return model;
}

interface Settings {
  readonly learningRate?: number | Schedule;
  readonly epochs?: number;
}

/** Trains, and gives the rate of each step. */
async function train(
  model: Sequential,
  batches: BatchSource,
  { learningRate = 0.02, epochs = 4 }: Settings = {},
): Promise<number[]> {
  const optimizer = new Sgd(model.parameters, { learningRate, momentum: 0.9 });
  const rates: number[] = [];
  for await (
    const step of fit({ model, loss: new SoftmaxCrossEntropy(), optimizer, batches, epochs })
  ) rates.push(step.learningRate);
  return rates;
}

describe("a training, from seed to file", () => {
  it("honours the model's seed, to the byte", async () => {
    const fileOf = async (seed: number) => {
      const model = makeModel(seed);
      await train(model, new Batches(iris(), { size: 32, seed }));
      const path = await Deno.makeTempFile();
      await save(model, path);
      return await Deno.readFile(path);
    };
    const [first, again, other] = [await fileOf(7), await fileOf(7), await fileOf(8)];
    assertEquals(again, first);
    assertNotEquals(other, first);
    assertNotEquals(await encodeModel(makeModel(7)), await encodeModel(makeModel(8)));
  });

  it("takes the staircase to the schedule, and the schedule to the parameters", async () => {
    const stage = { rate: 0.1, decay: 0.5, stageSteps: 4 };
    const trainAt = async (learningRate: Schedule) => {
      const model = makeModel(0);
      const batches = new Batches(iris(), { size: 50, seed: 0 });
      const rates = await train(model, batches, { learningRate });
      return { rates, file: await encodeModel(model) };
    };
    const stairs = await trainAt(exponential({ ...stage, staircase: true }));
    assertEquals(stairs.rates, [4, 4, 4].flatMap((steps, i) => Array(steps).fill(0.1 * 0.5 ** i)));
    const ramp = await trainAt(exponential(stage));
    assertEquals(new Set(ramp.rates).size, 12);
    assertNotEquals(ramp.file, stairs.file);
    const same = await trainAt(stepDecay({ rate: 0.1, factor: 0.5, every: 4 }));
    assertEquals(same.file, stairs.file);
  });

  it("starts the batches over after each epoch, in another order", async () => {
    const batches = new Batches(iris(), { size: 32, seed: 0 });
    const epochs: number[][] = [];
    const watched: BatchSource = {
      length: batches.length,
      *epoch(index) {
        epochs[index] = [];
        for (const batch of batches.epoch(index)) {
          epochs[index].push(...batch.index.subarray(0, batch.rows));
          yield batch;
        }
      },
    };
    assertEquals((await train(makeModel(0), watched, { epochs: 3 })).length, 3 * 5);
    const rows = Array.from({ length: 150 }, (_, row) => row);
    for (const epoch of epochs) assertEquals(epoch.toSorted((a, b) => a - b), rows);
    assertEquals(new Set(epochs.map((epoch) => epoch.join())).size, 3);
  });

  it("measures an epoch's error over rows, so that a short last batch weighs what it has", async () => {
    const [model, loss] = [makeModel(0), new SoftmaxCrossEntropy()];
    const { backend } = model.parameters[0]!.value;
    const flowers = iris();
    const whole = await evaluate({
      ...{ backend, model, loss },
      batches: new Batches(flowers, { size: 150 }),
    });
    const cut = await evaluate({
      ...{ backend, model, loss },
      batches: new Batches(flowers, { size: 149 }),
    });
    assert(Math.abs(cut.loss - whole.loss) < 1e-6 * whole.loss);
    assertEquals([cut.accuracy, cut.rows], [whole.accuracy, 150]);

    const optimizer = new Sgd(model.parameters, { learningRate: 0 });
    const batches = new Batches(flowers, { size: 149 });
    const plain = new Sequential(model.layers.filter((layer) => !(layer instanceof Dropout)));
    for await (const step of fit({ model: plain, loss, optimizer, batches, epochs: 1 })) {
      if (!step.isLast) continue;
      const means = await step.epochMeans();
      assert(Math.abs(means.loss - whole.loss) < 1e-6 * whole.loss);
      assertEquals([means.accuracy, means.rows], [whole.accuracy, 150]);
    }
  });

  it("trains twice with the same layers, and cannot be initialised twice", async () => {
    const model = makeModel(0);
    const batches = new Batches(iris(), { size: 32, seed: 0 });
    const shape = () => model.parameters.map(({ name, value }) => [name, value.shape]);
    const before = shape();
    await train(model, batches);
    await train(model, batches);
    assertEquals(shape(), before);
    assertEquals(model.forward(tensor(model.parameters[0]!.value.backend, [[1, 2, 3, 4]])).shape, [
      1,
      3,
    ]);
    const file = await encodeModel(model);
    assertThrows(
      () => model.init([4], { backend: reference(), random: random(1) }),
      Error,
      "Cannot initialise dense as a layer must be initialised once: it is, for inputs of [4]",
    );
    assertEquals(await encodeModel(model), file);
  });

  it("standardises by the training rows alone", async () => {
    const flowers = iris();
    const counts = { training: 105, validation: 15, test: 30 };
    const parts = stratifiedSplit(flowers.y, { counts, random: random(0) });
    const fileOf = async (dataset: Dataset) => {
      const training = takeRows(dataset, parts.training);
      const standardizer = fitStandardizer(training.x);
      const x = standardizer.transform(training.x);
      const model = makeModel(0);
      await train(model, new Batches({ x, y: training.y }, { size: 16, seed: 0 }));
      return await encodeModel(model);
    };
    const changed = (rows: Int32Array) => {
      const data = flowers.x.data.slice();
      for (const row of rows) data[4 * row] = 1e6;
      return { ...flowers, x: { ...flowers.x, data } };
    };
    const file = await fileOf(flowers);
    assertEquals(await fileOf(changed(parts.validation)), file);
    assertEquals(await fileOf(changed(parts.test)), file);
    assertNotEquals(await fileOf(changed(parts.training.slice(0, 1))), file);
  });

  it("does not overwrite a run of the same name", async () => {
    const root = await Deno.makeTempDir();
    const files: [string, Uint8Array][] = [];
    for (const seed of [0, 1]) {
      const model = makeModel(seed);
      await train(model, new Batches(iris(), { size: 32, seed }), { epochs: 1 });
      const run = await openRun({ root, modelName: "iris-lr0.02", config: { seed } });
      await save(model, run.path("model.safetensors"));
      files.push([run.path("model.safetensors"), await encodeModel(model)]);
    }
    assertEquals(files.map(([path]) => path.slice(root.length)), [
      "/iris-lr0.02/001/model.safetensors",
      "/iris-lr0.02/002/model.safetensors",
    ]);
    for (const [path, bytes] of files) {
      assertEquals(new Uint8Array(await Deno.readFile(path)), bytes);
    }
  });

  it("stops at the logarithm of 0, where softmax with cross-entropy goes on", async () => {
    const dataset = {
      x: { data: new Float32Array([1]), shape: [1, 1] },
      y: { data: new Int32Array([0]), shape: [1] },
    };
    const trainOn = async (loss: CrossEntropy | SoftmaxCrossEntropy, end: Softmax[]) => {
      const model = new Sequential([new Dense(2, { bias: false }), ...end]);
      model.init([1], { backend: reference(), random: random(0) });
      model.parameters[0]!.value.set([[-1000, 1000]]);
      const optimizer = new Sgd(model.parameters, { learningRate: 1 });
      const batches = new Batches(dataset, { size: 1 });
      const losses: number[] = [];
      for await (const step of fit({ model, loss, optimizer, batches, epochs: 1 })) {
        losses.push(await step.loss());
      }
      return losses;
    };
    assertEquals(await trainOn(new SoftmaxCrossEntropy(), []), [2000]);
    await assertRejects(
      () => trainOn(new CrossEntropy(), [new Softmax()]),
      RangeError,
      "Cannot update 0.weight at step 0 as its gradient must be finite: found NaN or Infinity",
    );
  });
});

describe("importing @gradus/train", () => {
  it("loads neither node: modules nor packages of npm, which come when they are needed", async () => {
    const entry = new URL("./mod.ts", import.meta.url).href;
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", entry] })
      .output();
    const { modules }: { modules: Module[] } = JSON.parse(new TextDecoder().decode(stdout));
    const bySpecifier = new Map(modules.map((module) => [module.specifier, module]));
    const found = new Set<string>();
    const visit = (specifier: string) => {
      if (found.has(specifier)) return;
      found.add(specifier);
      for (const { code, isDynamic } of bySpecifier.get(specifier)?.dependencies ?? []) {
        if (code !== undefined && isDynamic !== true) visit(code.specifier);
      }
    };
    visit(entry);
    assert(found.size > 30, `found ${found.size} modules`);
    const others = [...found].filter((specifier) =>
      !/\/packages\/(train|layers|losses|optim|tensor|random|safetensors|plot)\/[a-z0-9_/]*\.ts$/
        .test(specifier)
    );
    assertEquals(others, []);
  });
});

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier: string };
    readonly isDynamic?: boolean;
  }[];
}
