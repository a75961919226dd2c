import { resumeFlags } from "@gradus/cli/resume-flags";
import type { ImageTask } from "@gradus/cli/run-images";
import { trialGrid } from "@gradus/cli/trial-grid";
import { drawnShapes } from "@gradus/data/drawn-shapes";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { trialOf } from "./_settings_test.ts";
import { AXES, CHANGEABLE, FLAGS } from "./flags.ts";
import { type CifarOptions, runCifar } from "./run_cifar.ts";

const shapes = drawnShapes({ rows: 24, seed: 0 });

/** Two images to test, without labels: there is less to draw. */
const task: ImageTask = {
  training: shapes,
  test: {
    x: { data: shapes.x.data.slice(0, 2 * 3072), shape: [2, 32, 32, 3] },
    y: { data: new Int32Array([-1, -1]), shape: [2] },
  },
  classes: shapes.classes,
};

const args = [
  ...["--sample", "--recipe", "quick", "--epochs", "2", "--batch", "8", "--validation", "5"],
  ...["--seed", "11"],
];

function run(options: CifarOptions, ...more: string[]) {
  return runCifar(task, trialOf(...args, ...more), options);
}

/** Stops at the end of the first epoch. */
function stopping() {
  const stop = new AbortController();
  return { signal: stop.signal, onEpoch: () => stop.abort() };
}

describe("runCifar()", () => {
  for (const backend of ["cpu", "reference"] as const) {
    it(`goes on with the settings of config.json, to the same bytes, on ${backend}`, async () => {
      await inFolder(async (root) => {
        const whole = await run({ root }, "--backend", backend);
        const stopped = await run({ root, ...stopping() }, "--backend", backend);
        assertEquals(stopped.resumable, `${root}/cifar/002`);

        const settings = await resumeFlags(["--resume", stopped.resumable!], FLAGS, {
          changeable: CHANGEABLE,
        });
        const [trial] = trialGrid({ ...settings, backend }, AXES);
        assertEquals(trial, {
          ...trialOf(...args, "--backend", backend),
          resume: stopped.resumable,
        });
        const resumed = await runCifar(task, trial!, { root });
        for (const name of ["model.safetensors", "checkpoint.safetensors", "predictions.csv"]) {
          assertEquals(
            await Deno.readFile(resumed.run.path(name)),
            await Deno.readFile(whole.run.path(name)),
            name,
          );
        }
        const [first, second] = await Promise.all(
          [whole, resumed].map(async ({ run }) =>
            JSON.parse(await Deno.readTextFile(run.path("config.json")))
          ),
        );
        assertEquals(second, { ...first, parent: stopped.resumable });
      });
    });
  }

  it("says in the report how it was made", async () => {
    await inFolder(async (root) => {
      const trained = await run({ root });
      const html = await Deno.readTextFile(trained.run.path("report.html"));
      assertStringIncludes(html, "<h1>A convolutional network on shapes drawn in code</h1>");
      assertStringIncludes(html, '<p class="lead">Recipe quick: the least work that passes 75 %.');
      assertStringIncludes(html, "batches of 8, 2 epochs");
      assertStringIncludes(html, "blocks of 16, 48, 96 channels, seed 11, backend cpu. 5 training");
      assertStringIncludes(html, '<td class="prose">dirac start</td>');
      assertStringIncludes(html, "<p>19 training images an epoch took 6.7e8 floating-point");
      assert(!html.includes("Left out"));
    });
  });

  it("says what was left out", async () => {
    await inFolder(async (root) => {
      const trained = await run({ root }, "--without", "gelu", "--epochs", "1");
      const html = await Deno.readTextFile(trained.run.path("report.html"));
      assertStringIncludes(html, "backend cpu. Left out: GELU; in its place relu. 5 training");
    });
  });

  it("changes images but for what is left out", async () => {
    await inFolder(async (root) => {
      const weights = new Set<string>();
      for (const part of [[], ["--without", "flip"], ["--without", "translate"]]) {
        const trained = await run({ root, isTested: false }, ...part);
        weights.add(`${await Deno.readFile(trained.run.path("model.safetensors"))}`);
      }
      assertEquals(weights.size, 3);
    });
  });
});
