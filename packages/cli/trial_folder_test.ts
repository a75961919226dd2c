import { type EpochEntry, openRun, type Run } from "@gradus/train";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { findTrials, finishTrial, mergeTrials } from "./trial_folder.ts";
import { UsageError } from "./usage_error.ts";

const names = ["seed 0", "seed 1", "seed 2"];

/** A trial of the sweep, run to its end unless it is told otherwise. */
async function writeTrial(
  root: string,
  trial: number,
  options: {
    readonly settings?: Record<string, unknown>;
    readonly loss?: number;
    readonly durationMs?: number;
    readonly diverged?: string | null;
    readonly weights?: string;
    readonly isWhole?: boolean;
  } = {},
): Promise<Run> {
  const { settings = { seeds: 3 }, loss = 0.5, durationMs = 1, diverged = null } = options;
  const sweep = { program: "iris", trial, trials: 3, settings };
  const run = await openRun({ root, modelName: "iris", config: { seed: trial, sweep } });
  const means = { loss, accuracy: 0.5, rows: 2 };
  const entry: EpochEntry = {
    ...{ epoch: 0, training: means, validation: means, learningRate: 0.1, durationMs },
  };
  await run.log(entry);
  await run.write("model.safetensors", options.weights ?? "weights");
  if (options.isWhole ?? true) await finishTrial(run, { diverged });
  return run;
}

async function refuses(run: () => Promise<unknown>, message: string): Promise<void> {
  assertEquals((await assertRejects(run, UsageError)).message, message);
}

describe("findTrials()", () => {
  it("finds trials, and names those that did not come to their end", async () => {
    await inFolder(async (root) => {
      await openRun({ root, modelName: "iris", config: { seed: 9 } });
      const second = await writeTrial(root, 2, { diverged: "loss NaN" });
      const unfinished = await writeTrial(root, 1, { isWhole: false });
      const found = await findTrials([root]);
      assertEquals(
        found.trials.map(({ folder, sweep, diverged }) => [folder, sweep.trial, diverged]),
        [[second.folder, 2, "loss NaN"]],
      );
      assertEquals(found.unfinished, [unfinished.folder]);
    });
  });

  it("refuses folders and files that it cannot use", async () => {
    await inFolder(async (root) => {
      await assertRejects(
        () => findTrials([`${root}/no`]),
        UsageError,
        "Cannot collect trials as folders must be readable: found ENOENT",
      );
      const { folder } = await writeTrial(root, 0);
      for (const text of ["", "null", "7", "{}", '{"diverged": 1}']) {
        await Deno.writeTextFile(`${folder}/trial.json`, text);
        await refuses(
          () => findTrials([root]),
          `Cannot collect ${folder} as its trial.json must say whether it diverged: found ${
            JSON.stringify(text)
          }`,
        );
      }
      const sweep = { program: "iris", trial: 0, trials: 3, settings: {} };
      const wrong = [
        ...[null, 7, [], { ...sweep, trial: 3 }, { ...sweep, trial: -1 }],
        ...[{ ...sweep, trials: "3" }, { ...sweep, settings: null }, { ...sweep, program: 1 }],
      ];
      for (const value of wrong) {
        await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify({ sweep: value }));
        await refuses(
          () => findTrials([root]),
          `Cannot collect ${folder} as the sweep in its config.json must have a program, trial, trials and settings: found ${
            JSON.stringify(value)
          }`,
        );
      }
    });
  });
});

describe("mergeTrials()", () => {
  it("orders trials by the sweep, whatever the order of their folders, each once", async () => {
    await inFolder(async (root) => {
      for (const trial of [2, 0, 1, 0]) {
        await writeTrial(root, trial, { durationMs: Math.random() });
      }
      const { trials } = await findTrials([root]);
      assertEquals(trials.length, 4);
      const merged = await mergeTrials(trials, names);
      assertEquals(
        merged.map(({ folder }) => folder),
        ["002", "003", "001"].map((name) => `${root}/iris/${name}`),
      );
    });
  });

  it("names the trials that are missing", async () => {
    await inFolder(async (root) => {
      await writeTrial(root, 1);
      await writeTrial(root, 2, { isWhole: false });
      const { trials } = await findTrials([root]);
      await refuses(
        () => mergeTrials(trials, names),
        "Cannot collect the sweep as each of its 3 trials must have been run to its end: found none of trial 0 (seed 0), trial 2 (seed 2)",
      );
      const many = Array.from({ length: 30 }, (_, i) => `seed ${i}`);
      const error = await assertRejects(() => mergeTrials(trials, many), UsageError);
      assertEquals(error.message.endsWith(" trial 20 (seed 20) and 9 more"), true, error.message);
    });
  });

  it("has the epochs of each trial, and refuses one without", async () => {
    await inFolder(async (root) => {
      const { folder, epochs } = await writeTrial(root, 0);
      const { trials } = await findTrials([root]);
      assertEquals((await mergeTrials(trials, ["seed 0"]))[0]!.epochs, epochs);
      await Deno.writeTextFile(`${folder}/history.json`, "[]");
      await refuses(
        () => mergeTrials(trials, ["seed 0"]),
        `Cannot collect ${folder} as its history.json must end with what validation gave: found none`,
      );
    });
  });

  it("refuses trials of several sweeps", async () => {
    await inFolder(async (root) => {
      const [a, b] = [
        await writeTrial(root, 0),
        await writeTrial(root, 1, { settings: { seeds: 3, hidden: [4] } }),
      ];
      const { trials } = await findTrials([root]);
      await refuses(
        () => mergeTrials(trials, names),
        `Cannot collect ${a.folder} and ${b.folder} as they must be of one sweep: found that they differ in hidden`,
      );
      await refuses(
        () => mergeTrials([], names),
        "Cannot collect a sweep as there must be trials of one: found none",
      );
    });
  });

  it("refuses two runs of a trial that differ in more than times", async () => {
    for (
      const [change, file] of [
        [{ loss: 0.25 }, "history.json"],
        [{ weights: "others" }, "model.safetensors"],
        [{ diverged: "loss NaN" }, "trial.json, model.safetensors"],
      ] as const
    ) {
      await inFolder(async (root) => {
        const [a, b] = [await writeTrial(root, 1), await writeTrial(root, 1, change)];
        const { trials } = await findTrials([root]);
        await refuses(
          () => mergeTrials(trials, names),
          `Cannot collect ${a.folder} and ${b.folder} as both are trial 1 and must be alike: found that they differ in ${file}`,
        );
      });
    }
  });
});
