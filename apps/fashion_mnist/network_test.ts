import { channelStatistics } from "@gradus/data/channel-statistics";
import { drawnShapes } from "@gradus/data/drawn-shapes";
import { random } from "@gradus/random";
import { reference } from "@gradus/tensor/reference";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { trialOf } from "./_settings_test.ts";
import { buildNetwork } from "./network.ts";
import type { PartName } from "./parts.ts";

const training = drawnShapes({ rows: 10, seed: 0 });

function build(...args: string[]) {
  return buildNetwork(trialOf(...args), {
    ...{ backend: reference(), random: random(0), training, stepsPerEpoch: 3 },
    statistics: channelStatistics(training.x),
  }, { epochs: 4, learningRate: 0.1 });
}

const layersOf = ({ model }: ReturnType<typeof build>) =>
  model.layers.map((layer) => layer.constructor.name);

describe("buildNetwork()", () => {
  it("has a dense layer, relu and dropout for each number of units", () => {
    const network = build("--hidden", "8,4", "--dropout", "0.5");
    const hidden = ["Dense", "Relu", "Dropout"];
    assertEquals(layersOf(network), ["Flatten", ...hidden, ...hidden, "Dense"]);
    assertEquals(
      network.model.parameters.map(({ name, value }) => `${name} [${value.shape}]`),
      [
        ...["1.weight [3072,8]", "1.bias [8]", "4.weight [8,4]", "4.bias [4]"],
        ...["7.weight [4,10]", "7.bias [10]"],
      ],
    );
  });

  it("has no dropout of 0", () => {
    assertEquals(layersOf(build("--hidden", "4", "--dropout", "0")), [
      ...["Flatten", "Dense", "Relu", "Dense"],
    ]);
  });

  it("learns by one cycle over all steps", () => {
    const { optimizer } = build("--hidden", "4");
    const rates = Array.from({ length: 12 }, () => {
      optimizer.step();
      return optimizer.learningRate;
    });
    assertAlmostEquals(Math.max(...rates), 0.1, 0.005);
    assertAlmostEquals(rates.at(-1)!, 0, 1e-5);
  });

  it("leaves one part out", async () => {
    const hidden = ["--hidden", "8,4"];
    const without = (part: PartName) => build(...hidden, "--without", part);
    const [dense, relu, dropout] = ["Dense", "Relu", "Dropout"];
    assertEquals(layersOf(without("relu")), ["Flatten", dense, dropout, dense, dropout, dense]);
    assertEquals(layersOf(without("dropout")), ["Flatten", dense, relu, dense, relu, dense]);
    assertEquals(layersOf(without("second-layer")), ["Flatten", dense, relu, dropout, dense]);

    const first = async ({ model }: ReturnType<typeof build>) =>
      Math.max(...(await model.parameters[0]!.value.data()).map(Math.abs));
    assert(await first(without("he-normal")) < 0.05 && await first(build(...hidden)) > 0.05);

    // What one step makes of a gradient of 1 where the weight is 0, and how much a second one adds.
    const stepsOf = async (part: PartName) => {
      const { model, optimizer } = without(part);
      const bias = model.parameters[1]!;
      bias.gradient.set(new Array(8).fill(1));
      optimizer.step();
      const one = (await bias.value.data())[0]!;
      optimizer.step();
      return [one, (await bias.value.data())[0]! - one];
    };
    assertAlmostEquals((await stepsOf("one-cycle"))[0]!, -0.05, 1e-6);
    assertAlmostEquals((await stepsOf("one-cycle"))[1]!, -0.05 * 1.9, 1e-6);
    assertAlmostEquals((await stepsOf("momentum"))[0]!, -0.04, 1e-6);
  });
});
