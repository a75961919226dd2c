import { channelStatistics } from "@gradus/data/channel-statistics";
import { drawnShapes } from "@gradus/data/drawn-shapes";
import { ImageBatches } from "@gradus/data/image-batches";
import type { GroupRecord } from "@gradus/optim";
import { random } from "@gradus/random";
import { type Backend, tensor } from "@gradus/tensor";
import { cpu } from "@gradus/tensor/cpu";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { buildNetwork } from "./network.ts";
import { type PartName, PARTS } from "./parts.ts";
import { type Recipe, RECIPES } from "./recipes.ts";

const training = drawnShapes({ rows: 20, seed: 0 });
const statistics = channelStatistics(training.x);
const context = (backend: Backend) => ({
  ...{ backend, training, statistics, random: random(0), stepsPerEpoch: 4 },
});

/** What the learning rate is counted in: batches of 1024 and Nesterov momentum 0.85. */
const UNIT = 1024 * (1 + 1 / 0.15);

describe("buildNetwork()", () => {
  it("has the parameters of its recipe, of which the stem's are frozen", async () => {
    await using backend = await cpu({ threads: 1 });
    for (const recipe of Object.values<Recipe>(RECIPES)) {
      const { model } = buildNetwork(recipe, context(backend), {
        ...{ epochs: recipe.epochs, batch: recipe.batch, learningRate: null },
      });
      const frozen = model.parameters.filter(({ trainable }) => !trainable);
      assertEquals(frozen.filter(({ name }) => !name.endsWith(".scale")).map(({ name }) => name), [
        "0.weight",
      ]);
      const stem = recipe.filters * 3 * (recipe.isFullSize ? 2 : 4) ** 2;
      const blocks = recipe.widths.map((width, place) => {
        const isDeep = place > 0 || recipe.isFirstBlockDeep;
        // Convolutions, and the scale and shift of batch norm.
        const first = 9 * (recipe.widths[place - 1] ?? recipe.filters) * width + 2 * width;
        return first + (isDeep ? 9 * width * width + 2 * width : 0);
      });
      assertEquals(
        model.parameters.reduce((sum, { value }) => sum + value.size, 0),
        blocks.reduce((sum, block) => sum + block, stem) + 10 * recipe.widths[2],
      );
    }
  });

  it("leaves one part out", async () => {
    await using backend = await cpu({ threads: 1 });
    const build = (without: PartName | null) =>
      buildNetwork(RECIPES.quick, context(backend), {
        ...{ epochs: 3, batch: 4, learningRate: null, without },
      });
    const layersOf = (without: PartName | null) =>
      build(without).model.layers.map((layer) => layer.constructor.name);
    const swapped = (from: string, ...to: string[]) =>
      layersOf(null).flatMap((name) => name === from ? to : [name]);
    assertEquals(layersOf("max-pooling"), swapped("MaxPool2d", "AveragePool2d"));
    assertEquals(layersOf("gelu"), swapped("Gelu", "Relu"));
    assertEquals(layersOf("batch-norm"), swapped("BatchNorm"));
    assertEquals(layersOf("global-max"), swapped("GlobalMaxPool2d", "GlobalAveragePool2d"));

    const peak = 10 / UNIT * 4;
    for (const part of Object.keys(PARTS) as PartName[]) {
      const { model, average, optimizer } = build(part);
      assertEquals(model.parameters[0]!.trainable, part === "whitening", part);
      assertEquals(average === undefined, part === "lookahead", part);
      const biases = model.parameters.filter(({ name }) => name.endsWith(".bias"));
      assertEquals(biases.length, part === "batch-norm" ? 5 : 0, part);
      const share = part === "one-cycle" ? 0.5 : part === "batch-norm" ? 0.02 : 0.2;
      assertAlmostEquals(optimizer.learningRate, share * peak, 1e-12, part);
      // The first kernel of a block is [3, 3, 24, 16], whose centre passes channels on.
      const centre = (await model.parameters[1]!.value.data()).slice(4 * 24 * 16).slice(0, 16);
      const isDirac = centre.every((value, filter) => value === (filter === 0 ? 1 : 0));
      assertEquals(isDirac, part !== "dirac", part);
    }

    const [logits, plain] = [[[4, 0, 0, 0, 0, 0, 0, 0, 0, 0]], [0]] as const;
    for (const [part, isSmooth] of [[null, true], ["smoothing", false]] as const) {
      const { loss } = build(part);
      const cost = loss.forward(
        tensor(backend, logits),
        tensor(backend, plain, { dtype: "int32" }),
      );
      // log(1 + 9 e⁻⁴), and of a smooth target 0.9 + 0.01 is right and 0.09 costs 4 more.
      const own = Math.log1p(9 * Math.exp(-4));
      assertAlmostEquals(await cost.item(), own + (isSmooth ? 0.09 * 4 : 0), 1e-6);
    }

    const [batch] = new ImageBatches(training, { size: 4, statistics }).epoch(0);
    const x = tensor(backend, batch!.x.data, { shape: batch!.x.shape });
    const outputOf = (part: PartName | null) => build(part).model.forward(x, "eval").data();
    const [small, large] = [await outputOf(null), await outputOf("small-logits")];
    large.forEach((value, i) => assertAlmostEquals(value / 9, small[i]!, 1e-5));
  });

  it("moves the kernels of the recipe best by Muon, and the rest as in the others", async () => {
    await using backend = await cpu({ threads: 1 });
    const build = (
      recipe: Recipe,
      without: PartName | null = null,
      learningRate: number | null = null,
    ) => buildNetwork(recipe, context(backend), { epochs: 2, batch: 4, learningRate, without });
    const { model, settings: { optimizer } } = build(RECIPES.best);
    const other = build({ ...RECIPES.best, optimizer: "sgd" }).settings.optimizer;
    assert(optimizer.type === "muon");
    const [kernels, head, norms] = optimizer.groups;
    const rank = (name: string) =>
      model.parameters.find((parameter) => parameter.name === name)!.value.shape.length;
    assertEquals(kernels!.parameters.map(rank), [4, 4, 4, 4, 4, 4, 4]);
    assertEquals(head!.parameters.map(rank), [2]);
    assertEquals(norms!.parameters.map(rank), Array(12).fill(1));
    assertEquals(
      optimizer.groups.map(({ orthogonalize }) => orthogonalize),
      [true, false, false],
    );
    assertEquals([optimizer.momentum, optimizer.nesterov, optimizer.iterations], [0.85, true, 3]);
    assertEquals(kernels!.weightDecay, 0.03);
    // What SGD pulls by adds up in its velocity.
    for (const [place, group] of [head!, norms!].entries()) {
      assertAlmostEquals(group.weightDecay, other.groups[place]!.weightDecay / 0.15, 1e-12);
    }
    // The rates of SGD but for how soon they are at their peak; all change as the first one does.
    const peaks = (groups: readonly GroupRecord[]) =>
      groups.map(({ learningRate }) => "peak" in learningRate ? learningRate.peak : NaN);
    assertEquals(peaks(optimizer.groups), [0.06, ...peaks(other.groups)]);
    const slow = build(RECIPES.best, null, 0.03).settings.optimizer;
    peaks(slow.groups).forEach((peak, place) =>
      assertAlmostEquals(peak, peaks(optimizer.groups)[place]! / 2, 1e-12)
    );
    const { optimizer: bare } = build(RECIPES.best, "batch-norm").settings;
    assertEquals(
      bare.groups.map(({ parameters }) =>
        parameters.filter((name) => name.endsWith(".bias")).length
      ),
      [0, 6, 0],
    );
  });

  it("gives ten logits for each image", async () => {
    await using backend = await cpu({ threads: 1 });
    const { model } = buildNetwork(RECIPES.quick, context(backend), {
      ...{ epochs: 3, batch: 4, learningRate: null },
    });
    const [batch] = new ImageBatches(training, { size: 4, statistics }).epoch(0);
    const { data, shape } = batch!.x;
    assertEquals(model.forward(tensor(backend, data, { shape }), "eval").shape, [4, 10]);
  });

  it("learns by one cycle per step, shifts 64 times as fast unless that is left out", async () => {
    await using backend = await cpu({ threads: 1 });
    for (
      const [learningRate, normFactor, without] of [
        [null, 64, null],
        [0.5, 64, null],
        [null, 1, "norm-rate"],
      ] as const
    ) {
      const { model, loss, optimizer } = buildNetwork(RECIPES.quick, context(backend), {
        ...{ epochs: 2, batch: 5, learningRate, without },
      });
      const peak = learningRate ?? 10 / UNIT * 5;
      const first = 0.2 * peak;
      assertAlmostEquals(optimizer.learningRate, first, 1e-12);

      const [batch] = new ImageBatches(training, { size: 5, statistics }).epoch(0);
      const { x, y } = batch!;
      const logits = model.forward(tensor(backend, x.data, { shape: x.shape }), "train");
      loss.forward(logits, tensor(backend, y.data, { shape: y.shape }));
      model.backward(loss.backward(), { inputGradient: false });

      const moved = [["3.shift", normFactor], ["20.weight", 1]] as const;
      const parameters = moved.map(([name]) => model.parameters.find((one) => one.name === name)!);
      const before = await Promise.all(parameters.map(({ value }) => value.data()));
      const gradients = await Promise.all(parameters.map(({ gradient }) => gradient.data()));
      optimizer.step();
      for (const [place, [, factor]] of moved.entries()) {
        const after = await parameters[place]!.value.data();
        const decay = 0.0153 / 10 / factor;
        // The first step of SGD with Nesterov momentum 0.85.
        after.forEach((value, i) => {
          const pull = gradients[place]![i]! + decay * before[place]![i]!;
          assertAlmostEquals(value, before[place]![i]! - factor * first * 1.85 * pull, 1e-6);
        });
      }
    }
  });
});
