import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { smallSweep, untested } from "./_small_sweep_test.ts";
import { type ImageTrial, runImageTrials } from "./run_image_trials.ts";
import type { Share } from "./share.ts";
import { findTrials } from "./trial_folder.ts";
import type { ImageSweep } from "./image_sweep.ts";

async function ranTrials(sweep: ImageSweep, share: Share | null = null): Promise<ImageTrial[]> {
  return await Array.fromAsync(runImageTrials(sweep, { share }));
}

describe("runImageTrials()", () => {
  it("trains each trial in a folder of its own, and does not look at the test images", async () => {
    await inFolder(async (root) => {
      const trials = await ranTrials(smallSweep(root, { task: untested }));
      assertEquals(trials.map(({ trial, name, diverged }) => [trial, name, diverged]), [
        ...[[0, "rate 1, seed 5", null], [1, "rate 1, seed 6", null]],
        ...[[2, "rate 3, seed 5", null], [3, "rate 3, seed 6", null]],
      ]);
      assert(trials.every(({ isComplete, run }) => isComplete && run.epochs.length === 2));
      assertEquals([...Deno.readDirSync(trials[0]!.run.folder)].map(({ name }) => name).sort(), [
        ...["accuracy.svg", "checkpoint.safetensors", "config.json", "history.csv"],
        ...["history.json", "loss.svg", "model.safetensors", "parameters.csv", "trial.json"],
      ]);
      const found = await findTrials([root]);
      assertEquals(found.unfinished, []);
      assertEquals(
        found.trials.map(({ sweep }) => sweep),
        [0, 1, 2, 3].map((trial) => ({
          ...{ program: "small", trial, trials: 4 },
          settings: { rate: [1, 3], seed: 5, seeds: 2 },
        })),
      );
    });
  });

  it("runs its share alone, which may be none", async () => {
    await inFolder(async (root) => {
      const sweep = smallSweep(root);
      const share = await ranTrials(sweep, { index: 1, count: 3 });
      assertEquals(share.map(({ trial }) => trial), [1]);
      assertEquals(await ranTrials(sweep, { index: 7, count: 8 }), []);
    });
  });

  it("goes on after a trial that diverges, and says why", async () => {
    await inFolder(async (root) => {
      const trials = await ranTrials(smallSweep(root, { rate: [1e39, 1] }));
      const { trials: found } = await findTrials([root]);
      assertEquals(trials.map(({ diverged }) => diverged), found.map(({ diverged }) => diverged));
      const isDiverged = trials.map(({ diverged }) => diverged?.includes("must be finite"));
      assertEquals(isDiverged, [true, true, undefined, undefined]);
    });
  });

  it("stops when it is asked to, and leaves that trial unfinished", async () => {
    await inFolder(async (root) => {
      const signal = AbortSignal.abort();
      const trials = await Array.fromAsync(runImageTrials(smallSweep(root), { signal }));
      assertEquals(trials.map(({ trial, isComplete }) => [trial, isComplete]), [[0, false]]);
      assertEquals(await findTrials([root]), { trials: [], unfinished: [trials[0]!.run.folder] });
    });
  });
});
