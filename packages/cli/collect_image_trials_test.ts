import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { smallSweep, tested } from "./_small_sweep_test.ts";
import { smallImages } from "./_small_training_test.ts";
import { type CollectedSweep, collectImageTrials } from "./collect_image_trials.ts";
import { DivergedError } from "./diverged_error.ts";
import type { ImageSweep } from "./image_sweep.ts";
import { runImageTrials } from "./run_image_trials.ts";
import type { Share } from "./share.ts";
import { findTrials } from "./trial_folder.ts";
import { UsageError } from "./usage_error.ts";

async function runShare(sweep: ImageSweep, share: Share | null): Promise<void> {
  await Array.fromAsync(runImageTrials(sweep, { share }));
}

async function collect(sweep: ImageSweep, root: string): Promise<CollectedSweep> {
  return await collectImageTrials(sweep, (await findTrials([root])).trials);
}

/** A sweep that is run whole and collected. */
async function whole(root: string, rate?: readonly number[]): Promise<CollectedSweep> {
  const sweep = smallSweep(root, rate === undefined ? {} : { rate });
  await runShare(sweep, null);
  return await collect(sweep, root);
}

/** All files of a folder, without times. */
function filesOf({ run: { folder } }: CollectedSweep): Record<string, string> {
  return Object.fromEntries(
    [...Deno.readDirSync(folder)].map(({ name }) => {
      const text = new TextDecoder("latin1").decode(Deno.readFileSync(`${folder}/${name}`));
      if (name === "history.csv") return [name, text.replace(/,[^,\n]*$/gm, "")];
      return [name, text.replace(/<dt>images per second<\/dt><dd>\d+/, "")];
    }),
  );
}

describe("collectImageTrials()", () => {
  it("gives the report of the whole sweep, whatever the order of the trials, some run twice", async () => {
    await inFolder(async (root) => {
      const first = await whole(`${root}/whole`);
      const sweep = smallSweep(`${root}/shares`);
      for (const index of [3, 0, 2, 1, 0, 3]) await runShare(sweep, { index, count: 4 });
      const second = await collect(sweep, `${root}/shares`);
      const files = filesOf(first);
      assertEquals(Object.keys(files).sort(), [
        ...["accuracy.png", "accuracy.svg", "config.json", "confusion.png", "confusion.svg"],
        ...["history.csv", "loss.png", "loss.svg", "mistakes.png", "mistakes.svg"],
        ...["model.safetensors", "parameters.csv", "predictions.csv", "report.html", "sweep.csv"],
      ]);
      assertEquals(filesOf(second), files);
    });
  });

  it("chooses by mean validation loss, and tests what it chose alone", async () => {
    await inFolder(async (root) => {
      const { run, combinations, best, testAccuracy, ...others } = await whole(root);
      const losses = combinations.map(({ validation }) => validation!.loss.mean);
      assertEquals(best, combinations[losses.indexOf(Math.min(...losses))]);
      assertEquals(testAccuracy!.values.length, 2);
      for (const accuracy of [others.mirroredTestAccuracy, others.shiftedTestAccuracy]) {
        assertEquals(accuracy!.values.length, 2);
      }
      const [header, ...rows] = Deno.readTextFileSync(run.path("sweep.csv")).trimEnd().split("\n");
      assertEquals(
        header,
        "rate,seed,training_loss,validation_loss,validation_accuracy,test_accuracy",
      );
      const cells = rows.map((row) => row.split(","));
      assertEquals(cells.map(([rate, seed]) => `${rate} ${seed}`), ["1 5", "1 6", "3 5", "3 6"]);
      const chosen = cells.filter((row) => row.at(-1) !== "");
      assertEquals(chosen.map(([rate]) => Number(rate)), best.values.concat(best.values));
      assertEquals(chosen.map((row) => Number(row.at(-1))), testAccuracy!.values);
      const html = Deno.readTextFileSync(run.path("report.html"));
      assertStringIncludes(
        html,
        `Of 2 combinations, each trained with seeds 5 to 6, the one with the lowest mean validation loss was chosen: rate ${best.values}.`,
      );
      const { statistics, classes, ...config } = JSON.parse(
        Deno.readTextFileSync(run.path("config.json")),
      );
      assertEquals(config, {
        ...{ rate: [1, 3], seed: 5, seeds: 2, versions: { gradus: "0" }, parent: null },
      });
      assertEquals([statistics.mean.length, classes], [3, ["red", "green", "blue"]]);
    });
  });

  it("keeps a combination that diverged out of the choice, and refuses to choose of none", async () => {
    await inFolder(async (root) => {
      const { best, combinations, run } = await whole(`${root}/some`, [1e39, 1]);
      assertEquals(combinations.map(({ validation }) => validation === null), [true, false]);
      assertEquals(best, combinations[1]);
      const csv = Deno.readTextFileSync(run.path("sweep.csv"));
      assertStringIncludes(csv, "\n1e+39,5,,,,\n1e+39,6,,,,\n");
      assertStringIncludes(
        Deno.readTextFileSync(run.path("report.html")),
        "<td>1e+39</td><td>diverged</td><td>–</td>",
      );
      const error = await assertRejects(() => whole(`${root}/none`, [1e39]), DivergedError);
      assertStringIncludes(
        error.message,
        "Cannot choose among the trials as one must not diverge: found that all did, the first with seed 5 (",
      );
    });
  });

  it("refuses trials that are missing, or were trained on other images, or have no model", async () => {
    await inFolder(async (root) => {
      const sweep = smallSweep(root);
      await runShare(sweep, { index: 0, count: 2 });
      const before = [...Deno.readDirSync(`${root}/small`)].length;
      const refuses = async (other: ImageSweep, message: string | RegExp) => {
        const error = await assertRejects(() => collect(other, root), UsageError);
        if (typeof message === "string") assertEquals(error.message, message);
        else assert(message.test(error.message), error.message);
      };
      await refuses(
        sweep,
        "Cannot collect the sweep as each of its 4 trials must have been run to its end: found none of trial 1 (rate 1, seed 6), trial 3 (rate 3, seed 6)",
      );
      await runShare(sweep, { index: 1, count: 2 });
      await refuses(
        smallSweep(root, { task: { ...tested, training: smallImages(20, 1) } }),
        /^Cannot collect .*\/00\d as it must have been trained on the images that are here: found that means and deviations of their channels differ$/,
      );
      const x = { data: new Uint8Array(2 * 28 * 28), shape: [2, 28, 28, 1] };
      const test = { x, y: { data: new Int32Array(2), shape: [2] } };
      await refuses(
        smallSweep(root, { task: { ...tested, test } }),
        "Cannot test as images must be of the size that is trained on, 4 × 4 × 3: found 28 × 28 × 1",
      );
      const { trials } = await findTrials([root]);
      for (const { folder } of trials) await Deno.remove(`${folder}/model.safetensors`);
      await refuses(
        sweep,
        /^Cannot collect .*\/00\d as it must hold what training leaves at its end: found no model.safetensors$/,
      );
      assertEquals([...Deno.readDirSync(`${root}/small`)].length, before + 2, "no report was made");
    });
  });
});
