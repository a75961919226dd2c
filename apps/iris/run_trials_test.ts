import { findTrials } from "@gradus/cli/trial-folder";
import { UsageError } from "@gradus/cli/usage-error";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { settingsOf } from "./_settings_test.ts";
import { runTrials } from "./run_trials.ts";

const small = ["--learning-rate", "0.03,0.1", "--hidden", "4,8", "--epochs", "2", "--seeds", "2"];

function run(root: string, ...args: string[]): ReturnType<typeof runTrials> {
  return runTrials(settingsOf(...small, ...args), { root, onProgress: () => {} });
}

describe("runTrials()", () => {
  it("trains every N-th training of the sweep, each in a folder of its own", async () => {
    await inFolder(async (root) => {
      const ran = await run(root, "--trial", "1/3");
      assertEquals(
        ran.map(({ number, trial }) => [
          ...[number, trial.hidden, trial["learning-rate"], trial.seed],
        ]),
        [[1, 4, 0.03, 1], [4, 8, 0.03, 0], [7, 8, 0.1, 1]],
      );
      const { trials, unfinished } = await findTrials([root]);
      assertEquals([trials.map(({ sweep }) => sweep.trial), unfinished], [[1, 4, 7], []]);
      assertEquals(
        [...Deno.readDirSync(trials[0]!.folder)].map(({ name }) => name).sort(),
        [
          ...["accuracy.svg", "checkpoint.safetensors", "config.json", "history.csv"],
          ...["history.json", "loss.svg", "model.safetensors", "parameters.csv"],
          ...["standardizer.json", "training.json", "trial.json"],
        ],
      );
      const { hidden, seed, sweep } = trials[0]!.config as Record<string, never>;
      assertEquals([hidden, seed], [4, 1]);
      const { settings, ...rest } = sweep as { settings: Record<string, unknown> };
      assertEquals(rest, { program: "iris", trial: 1, trials: 8 });
      assertEquals([settings["hidden"], settings["seeds"]], [[4, 8], 2]);
      assertEquals("trial" in settings, false);
    });
  });

  it("makes no folder for a share without trainings, nor for flowers that cannot be used", async () => {
    await inFolder(async (root) => {
      assertEquals(await run(root, "--trial", "8/9"), []);
      await assertRejects(
        () => run(root, "--trial", "0/1", "--data", `${root}/missing.csv`),
        UsageError,
        "missing.csv",
      );
      assertEquals([...Deno.readDirSync(root)], []);
    });
  });

  it("keeps a training that diverges as a result", async () => {
    await inFolder(async (root) => {
      const ran = await run(root, "--trial", "0/1", "--learning-rate", "1e6", "--hidden", "4");
      assert(ran.every(({ result }) => "reason" in result));
      const { trials } = await findTrials([root]);
      assertEquals(trials.length, 2);
      assert(trials.every(({ diverged }) => diverged!.includes("must be finite")));
    });
  });
});
