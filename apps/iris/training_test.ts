import { openBackend } from "@gradus/cli/open-backend";
import { trialGrid } from "@gradus/cli/trial-grid";
import { iris } from "@gradus/data/iris";
import { random } from "@gradus/random";
import type { EpochEntry } from "@gradus/train";
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { settingsOf } from "./_settings_test.ts";
import { AXES } from "./flags.ts";
import { splitFlowers } from "./flowers.ts";
import { INITIALISERS } from "./initialisers.ts";
import { train, type Training } from "./training.ts";

/** Trains 4-5-3 for two epochs with the settings of a command line. */
async function trained(...args: string[]): Promise<Training & { seen: EpochEntry[] }> {
  const [settings] = trialGrid(settingsOf("--epochs", "2", "--hidden", "5", ...args), AXES);
  const seen: EpochEntry[] = [];
  const training = await train({
    classes: 3,
    flowers: splitFlowers(iris(), { batch: settings!.batch, random: random(0) }),
    random: random(1),
    backend: await openBackend("reference"),
    settings: settings!,
    onEpoch: (entry) => Promise.resolve(void seen.push(entry)),
  });
  return { ...training, seen };
}

function normsOf({ epochs }: Training): number[] {
  return epochs.at(-1)!.parameters!.map(({ norm }) => norm);
}

describe("train()", () => {
  it("trains 4-5-3, and tells each epoch as it ends", async () => {
    const { model, epochs, seen, validation } = await trained();
    assertEquals(
      model.parameters.map(({ name, value }) => [name, value.shape]),
      [["0.weight", [4, 5]], ["0.bias", [5]], ["2.weight", [5, 3]], ["2.bias", [3]]],
    );
    assertEquals(epochs.map(({ epoch }) => epoch), [0, 1]);
    assertEquals(seen, epochs);
    assertEquals(epochs.map(({ training }) => training.rows), [105, 105]);
    assertEquals(validation, epochs[1]!.validation);
    assert(epochs[1]!.training.loss < epochs[0]!.training.loss);
    for (const { parameters } of epochs) {
      assertEquals(parameters!.map(({ name }) => name), model.parameters.map(({ name }) => name));
    }
  });

  it("keeps a constant rate, and lets an exponential one shrink step by step", async () => {
    const constant = await trained("--learning-rate", "0.1");
    assertEquals(constant.epochs.map(({ learningRate }) => learningRate), [0.1, 0.1]);
    const exponential = ["--learning-rate", "0.1", "--schedule", "exponential"];
    const lastRates = async (decay: number, ...args: string[]) => {
      const { epochs } = await trained(...exponential, ...args);
      // 7 batches of 16 make an epoch: its last step is the 7th of 7.
      const expected = [6 / 7, 13 / 7].map((stages) => 0.1 * decay ** stages);
      epochs.forEach(({ learningRate }, epoch) =>
        assertAlmostEquals(learningRate, expected[epoch]!, 1e-15)
      );
    };
    await lastRates(0.5, "--decay", "0.5");
    await lastRates(0.95);
  });

  it("clips the norm of all gradients together", async () => {
    // With momentum 0 a step moves the weights by no more than rate · clip norm.
    const still = ["--momentum", "0", "--learning-rate", "0.1"];
    const start = normsOf(await trained("--momentum", "0", "--learning-rate", "1e-30"));
    const moved = normsOf(await trained(...still, "--clip-norm", "1e-6"));
    moved.forEach((norm, i) => assertAlmostEquals(norm, start[i]!, 14 * 0.1 * 1e-6));
    assert(Math.abs(normsOf(await trained(...still))[0]! - start[0]!) > 1e-2);
  });

  it("steps with momentum, unless told otherwise", async () => {
    const [fast, slow] = [await trained(), await trained("--momentum", "0")];
    assert(fast.epochs[1]!.training.loss < slow.epochs[1]!.training.loss);
  });

  it("takes any initialiser, and its weights", async () => {
    for (const init of Object.keys(INITIALISERS)) {
      const { epochs } = await trained("--init", init);
      assert(Number.isFinite(epochs[1]!.training.loss), init);
    }
    const [weight] = (await trained("--init", "zeros")).epochs[1]!.parameters!;
    assertEquals([weight!.minimum, weight!.maximum], [0, 0], "zeros stay zeros behind a relu");
  });

  it("takes batches larger than the data", async () => {
    const { epochs } = await trained("--batch", "1000");
    assertEquals(epochs.map(({ training }) => training.rows), [105, 105]);
  });

  it("refuses to go on once it diverges", async () => {
    await assertRejects(() => trained("--learning-rate", "1e6"), RangeError, "must be finite");
  });

  it("refuses a last step that diverges, which only the validation rows show", async () => {
    const error = await assertRejects(
      () => trained("--learning-rate", "1e38", "--batch", "105", "--epochs", "1"),
      RangeError,
    );
    assertEquals(
      error.message.replace(/(NaN|Infinity)$/, "…"),
      "Cannot go on training as the validation loss of epoch 1 must be finite: found …",
    );
  });
});
