import { channelStatistics } from "@gradus/data/channel-statistics";
import { drawnShapes } from "@gradus/data/drawn-shapes";
import { ImageBatches } from "@gradus/data/image-batches";
import { random } from "@gradus/random";
import { type Backend, tensor } from "@gradus/tensor";
import { cpu } from "@gradus/tensor/cpu";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { buildNetwork } from "./network.ts";
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
      const stem = 24 * 3 * (recipe.isFullSize ? 2 : 4) ** 2;
      const blocks = recipe.widths.map((width, place) => {
        const isDeep = place > 0 || recipe.isFirstBlockDeep;
        // Convolutions, and the scale and shift of batch norm.
        const first = 9 * (recipe.widths[place - 1] ?? 24) * width + 2 * width;
        return first + (isDeep ? 9 * width * width + 2 * width : 0);
      });
      assertEquals(
        model.parameters.reduce((sum, { value }) => sum + value.size, 0),
        blocks.reduce((sum, block) => sum + block, stem) + 10 * recipe.widths[2],
      );
    }
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

  it("learns by one cycle per step, shifts 64 times as fast", async () => {
    await using backend = await cpu({ threads: 1 });
    for (const learningRate of [null, 0.5]) {
      const { model, loss, optimizer } = buildNetwork(RECIPES.quick, context(backend), {
        ...{ epochs: 2, batch: 5, learningRate },
      });
      const peak = learningRate ?? 10 / UNIT * 5;
      const first = 0.2 * peak;
      assertAlmostEquals(optimizer.learningRate, first, 1e-12);

      const [batch] = new ImageBatches(training, { size: 5, statistics }).epoch(0);
      const { x, y } = batch!;
      const logits = model.forward(tensor(backend, x.data, { shape: x.shape }), "train");
      loss.forward(logits, tensor(backend, y.data, { shape: y.shape }));
      model.backward(loss.backward(), { inputGradient: false });

      const moved = [["3.shift", 64], ["20.weight", 1]] as const;
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
