import { channelStatistics } from "@gradus/data/channel-statistics";
import { drawnShapes } from "@gradus/data/drawn-shapes";
import { random } from "@gradus/random";
import { cpu } from "@gradus/tensor/cpu";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { trialOf } from "./_settings_test.ts";
import { explain } from "./explain.ts";
import { buildNetwork, MUON_ITERATIONS } from "./network.ts";
import { orthogonalOperations, trainingOperations } from "./operations.ts";
import { type RecipeName, RECIPES } from "./recipes.ts";

/** What the section on the making says of 1,000 images in batches of 300, ten epochs. */
async function making(name: RecipeName) {
  await using backend = await cpu({ threads: 1 });
  const training = drawnShapes({ rows: 20, seed: 0 });
  const statistics = channelStatistics(training.x);
  const recipe = RECIPES[name];
  const { model } = buildNetwork(recipe, {
    ...{ backend, training, statistics, random: random(0), stepsPerEpoch: 4 },
  }, { epochs: 10, batch: 300, learningRate: null });
  const settings = trialOf("--recipe", name);
  const sections = explain({
    ...{ model, recipe, settings, epochs: 10, batch: 300, images: 1000, validation: 50 },
    backend: "cpu",
  });
  const text = sections.at(-1)!.parts.flatMap((part) => part.kind === "text" ? [part.text] : []);
  return { model, text: text.join(" ") };
}

describe("explain()", () => {
  it("says what moves the kernels, and counts what Muon takes", async () => {
    const { model, text } = await making("best");
    assertStringIncludes(
      text,
      "Muon, and SGD for what is no kernel of a convolution, with Nesterov",
    );
    // Four steps an epoch, the last of them with fewer images.
    const own = orthogonalOperations(model, { steps: 40, iterations: MUON_ITERATIONS });
    const all = trainingOperations(model, 10_000) + own;
    const shown = (operations: number) => operations.toExponential(1).replace("e+", "e");
    assertStringIncludes(text, `took ${shown(all)} floating-point operations in all`);
    assertStringIncludes(text, `, and ${shown(own)} of Muon's own.`);
  });

  it("says nothing of Muon where there is none", async () => {
    const { text } = await making("quick");
    assertStringIncludes(text, "SGD with Nesterov momentum 0.85");
    assertEquals(text.includes("Muon"), false);
  });
});
