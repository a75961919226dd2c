import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { printed } from "./_printed_test.ts";
import { smallSweep, tested, untested } from "./_small_sweep_test.ts";
import { DivergedError } from "./diverged_error.ts";
import type { ImageSweep } from "./image_sweep.ts";
import { type ImageAppOptions, runImageApp } from "./run_image_app.ts";

const fallbacks: ImageAppOptions = {
  share: null,
  backend: { name: "reference", reason: "it is exact" },
  json: true,
};

/** The lines that a program prints, and the object that is the last one. */
async function run(sweep: ImageSweep, options: Partial<ImageAppOptions> = {}) {
  const { code, text } = await printed(() => runImageApp(sweep, { ...fallbacks, ...options }));
  assertEquals(code, 0);
  const lines = text.split("\n");
  if (options.json === false) return { lines, json: null };
  const { durationMs, ...json } = JSON.parse(lines.pop()!);
  assert(Number.isInteger(durationMs));
  return { lines, json };
}

describe("runImageApp()", () => {
  it("prints each epoch of one training, what the test gave, and where the report is", async () => {
    await inFolder(async (root) => {
      const { lines, json } = await run(smallSweep(root, { rate: [1], seeds: 1 }));
      assertEquals(lines.length, 5);
      assertEquals(lines[0], "Backend reference: it is exact.");
      assertMatch(lines[1]!, /^epoch {3}1 {2}training loss /);
      assertMatch(lines[2]!, /^epoch {3}2 /);
      assertMatch(
        lines[3]!,
        /^Test accuracy \d+\.00 %, with mirror images \d+\.00 %, with moved images too \d+\.00 %\.$/,
      );
      const report = `${root}/small/001/report.html`;
      assertEquals(lines[4], `Report, plots, parameters and predictions.csv: ${report}`);
      assert(Deno.statSync(report).isFile);
      assertEquals([json.backend, json.folder, json.epochs], [
        ...["reference", `${root}/small/001`, 2],
      ]);
      assert(json.testAccuracy >= 0 && json.mirroredTestAccuracy >= 0 && json.trainLoss > 0);
    });
  });

  it("prints no accuracy where labels are not known", async () => {
    await inFolder(async (root) => {
      const { x } = tested.test;
      const test = { x, y: { data: new Int32Array(5).fill(-1), shape: [5] } };
      const task = { ...tested, test };
      const { lines, json } = await run(smallSweep(root, { task, rate: [1], seeds: 1 }));
      assertEquals(lines.length, 4);
      assertEquals([json.testAccuracy, json.mirroredTestAccuracy], [null, null]);
      const sweep = await run(smallSweep(root, { task, rate: [1] }));
      assertEquals(sweep.json.testAccuracy, null);
      assert(!sweep.lines.some((line) => line.startsWith("Mean test accuracy")));
    });
  });

  it("prints each trial of a sweep, a table, what was chosen, and where the report is", async () => {
    await inFolder(async (root) => {
      const { lines, json } = await run(smallSweep(root, { rate: [1e39, 1] }));
      const text = lines.join("\n").replaceAll(/\d+\.\d+(?= %)/g, "P")
        .replaceAll(/± \d+\.\d+/g, "± D").replaceAll(/\d\.\d{4}/g, "L");
      const folder = (number: number) => `${root}/small/00${number}`;
      assertEquals(
        text,
        `Backend reference: it is exact.
trial 0 of 4 (rate 1e+39, seed 5): diverged  ${folder(1)}
trial 1 of 4 (rate 1e+39, seed 6): diverged  ${folder(2)}
trial 2 of 4 (rate 1, seed 5): validation loss L, accuracy P %  ${folder(3)}
trial 3 of 4 (rate 1, seed 6): validation loss L, accuracy P %  ${folder(4)}

 rate  validation loss  validation accuracy
-----  ---------------  -------------------
1e+39         diverged                    –
    1           L              P %

Chosen by mean validation loss: rate 1.
Mean test accuracy P % ± D, with mirror images P % ± D, with moved images too P % ± D.
Report, plots, parameters and predictions.csv: ${folder(5)}/report.html`,
      );
      assertEquals([json.chosen, json.folder], [{ rate: 1 }, folder(5)]);
      assert(json.validationLoss > 0 && json.testAccuracy >= 0);
    });
  });

  it("runs a share without a look at the test images, and says how to go on", async () => {
    await inFolder(async (root) => {
      const sweep = smallSweep(root, { task: untested, rate: [1e39, 1] });
      const { lines, json } = await run(sweep, { share: { index: 1, count: 2 } });
      assertEquals(lines.length, 4);
      assertEquals(lines[3], "Trials: 2 of 4. Once all are run: deno task collect");
      assertEquals(json.trials[0].validationLoss, null);
      assertMatch(json.trials[0].diverged, /must be finite/);
      assertEquals([json.trials[1].trial, json.trials[1].diverged], [3, null]);
      assert(json.trials[1].validationLoss > 0);
      const none = await run(sweep, { share: { index: 9, count: 10 }, json: false });
      assertEquals(none.lines, [
        "Backend reference: it is exact.",
        "Nothing to do: of 4 trials, none falls to share 9 of 10.",
      ]);
    });
  });

  it("passes on that training diverges", async () => {
    await inFolder(async (root) => {
      const one = smallSweep(root, { rate: [1e39], seeds: 1 });
      const backend = { name: "reference", reason: null } as const;
      await printed(async () => {
        await assertRejects(() => runImageApp(one, { ...fallbacks, backend }), DivergedError);
        return 0;
      });
    });
  });
});
