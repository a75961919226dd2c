import { openBackend } from "@gradus/cli/open-backend";
import { spreadOf } from "@gradus/cli/spread";
import { iris } from "@gradus/data/iris";
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { settingsOf } from "./_settings_test.ts";
import { DivergedError } from "@gradus/cli/diverged-error";
import type { Settings } from "./flags.ts";
import type { Flowers } from "./flowers.ts";
import {
  choose,
  type Combination,
  errorOf,
  splitSeeds,
  type Sweep,
  sweep,
  type SweepProgress,
  testOnce,
} from "./sweep.ts";

/** A sweep over Iris, and what it told on its way. */
async function swept(
  settings: Settings,
  splits: ReadonlyMap<number, Flowers> = splitSeeds(iris(), settings),
): Promise<Sweep & { told: SweepProgress[]; backend: Awaited<ReturnType<typeof openBackend>> }> {
  const backend = await openBackend("reference");
  const told: SweepProgress[] = [];
  const onEpoch = (progress: SweepProgress) => Promise.resolve(void told.push(progress));
  return { ...await sweep(splits, { settings, classes: 3, backend, onEpoch }), told, backend };
}

describe("errorOf()", () => {
  it("is the share of wrong rows, without the rounding of 1 - accuracy", () => {
    assertEquals(errorOf({ loss: 1, accuracy: 28 / 30, rows: 30 }), 2 / 30);
    assertEquals(errorOf({ loss: 1, accuracy: 1, rows: 30 }), 0);
    assertEquals(errorOf({ loss: 1, accuracy: 0, rows: 7 }), 1);
  });
});

describe("splitSeeds()", () => {
  it("splits anew for each seed", () => {
    const splits = splitSeeds(iris(), settingsOf("--seed", "3", "--seeds", "2"));
    assertEquals([...splits.keys()], [3, 4]);
    assertNotEquals(splits.get(3)!.testLabels, splits.get(4)!.testLabels);
    const alone = splitSeeds(iris(), settingsOf("--seed", "4", "--seeds", "1"));
    assertEquals(splits.get(4)!.testLabels, alone.get(4)!.testLabels);
  });

  it("splits once for all seeds, where a seed is given for it", () => {
    const splits = splitSeeds(iris(), settingsOf("--seeds", "3", "--split-seed", "7"));
    const other = splitSeeds(iris(), settingsOf("--seed", "7", "--seeds", "1"));
    assertEquals(new Set(splits.values()).size, 1);
    assertEquals(splits.get(0)!.testLabels, other.get(7)!.testLabels);
  });
});

describe("sweep()", () => {
  const settings = settingsOf(
    ...["--learning-rate", "0.01,0.1", "--hidden", "4,8", "--epochs", "2", "--seeds", "2"],
  );

  it("trains every combination with every seed", async () => {
    const { combinations, diverged } = await swept(settings);
    assertEquals(
      combinations.map(({ learningRate, hidden }) => [learningRate, hidden]),
      [[0.01, 4], [0.1, 4], [0.01, 8], [0.1, 8]],
    );
    for (const { trainings, validationLoss, validationError } of combinations) {
      assertEquals(trainings.map(({ seed }) => seed), [0, 1]);
      assertEquals(trainings.map(({ epochs }) => epochs.length), [2, 2]);
      assertEquals(validationLoss.values, trainings.map(({ validation }) => validation.loss));
      assertEquals(
        validationError,
        spreadOf(trainings.map(({ validation }) => errorOf(validation))),
      );
    }
    assertEquals(diverged, []);
  });

  it("tells how far it is, epoch by epoch", async () => {
    const { told } = await swept(settings);
    assertEquals(told.map(({ done }) => done), Array.from({ length: 16 }, (_, i) => i + 1));
    assert(told.every(({ total }) => total === 16));
    const { trial, entry } = told[5]!;
    assertEquals([trial["learning-rate"], trial.hidden, trial.seed, entry.epoch], [0.1, 4, 0, 1]);
  });

  it("does not look at the test rows", async () => {
    const splits = new Map([...splitSeeds(iris(), settings)].map(([seed, flowers]) => [
      seed,
      {
        ...flowers,
        get test(): never {
          throw new Error("Cannot look at test rows");
        },
        get testLabels(): never {
          throw new Error("Cannot look at test rows");
        },
      },
    ]));
    assertEquals((await swept(settings, splits)).combinations.length, 4);
  });

  it("starts a seed alike in each combination, and splits it alike", async () => {
    const { combinations } = await swept(settingsOf(
      ...["--learning-rate", "1e-30,1e-31", "--hidden", "4", "--epochs", "1", "--seeds", "2"],
    ));
    const [first, second] = combinations.map(({ validationLoss }) => validationLoss.values);
    assertEquals(first, second, "a rate of nothing leaves the first weights");
    assertNotEquals(first![0], first![1]);
  });

  it("differs by the first weights alone with one split for all", async () => {
    const args = ["--learning-rate", "1e-30", "--hidden", "4", "--epochs", "1", "--seeds", "2"];
    const { combinations: [combination] } = await swept(settingsOf(...args, "--split-seed", "0"));
    const [first, second] = combination!.trainings;
    assertEquals(first!.flowers, second!.flowers);
    assertNotEquals(first!.validation.loss, second!.validation.loss);
  });

  it("goes on when a combination diverges, and keeps it out of the choice", async () => {
    const { combinations, diverged, told } = await swept(settingsOf(
      ...["--learning-rate", "1e6,0.1", "--hidden", "4", "--epochs", "3", "--seeds", "2"],
    ));
    assertEquals(combinations.map(({ learningRate }) => learningRate), [0.1]);
    assertEquals(diverged, [{
      learningRate: 1e6,
      hidden: 4,
      seed: 0,
      reason: diverged[0]!.reason,
    }]);
    assert(/must be finite: found (NaN|Infinity)/.test(diverged[0]!.reason), diverged[0]!.reason);
    assertEquals([told.at(-1)!.done, told.at(-1)!.total], [12, 12]);
  });
});

describe("choose()", () => {
  const combination = (learningRate: number, loss: number) =>
    ({ learningRate, validationLoss: { mean: loss } }) as unknown as Combination;

  it("takes the lowest mean validation loss, the first of equals", () => {
    const combinations = [combination(1, 0.5), combination(2, 0.3), combination(3, 0.3)];
    assertEquals(choose({ combinations, diverged: [] }).learningRate, 2);
  });

  it("refuses where all diverged", () => {
    const reason = "Cannot go on training as the loss of step 7 must be finite: found NaN";
    const diverged = [1e6, 1e7].map((learningRate) => ({
      ...{ learningRate, hidden: 4, seed: 2, reason },
    }));
    const error = assertThrows(() => choose({ combinations: [], diverged }), DivergedError);
    assertEquals(
      error.message,
      `Cannot choose a combination as training must not diverge: found that all did, the first with learning rate 1000000, 4 hidden units and seed 2 (${reason})`,
    );
    assertEquals(error.name, "DivergedError");
  });
});

describe("testOnce()", () => {
  it("predicts each test row, in the order of the labels", async () => {
    const { combinations, backend } = await swept(settingsOf(
      ...["--learning-rate", "0.1", "--hidden", "8", "--epochs", "5", "--seeds", "1"],
    ));
    const [training] = combinations[0]!.trainings;
    const { means, predictions } = await testOnce(training!, backend);
    const { testLabels } = training!.flowers;
    const right = predictions.filter((prediction, row) => prediction === testLabels[row]).length;
    assertEquals(means.rows, 30);
    assertEquals(means.accuracy, right / 30);
    assert(right > 20, `${right} of 30 are right`);
    await backend.close();
  });
});
