import { drawnShapes } from "@gradus/data/drawn-shapes";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { trialOf } from "./_settings_test.ts";
import {
  type AblationOptions,
  type AblationResult,
  measureAblations,
} from "./measure_ablations.ts";
import { type PartName, PARTS } from "./parts.ts";

const shapes = drawnShapes({ rows: 24, seed: 0 });
const task = { training: shapes, test: shapes, classes: shapes.classes };
const settings = trialOf(
  ...["--recipe", "quick", "--epochs", "1", "--batch", "8", "--validation", "8"],
);
const everything = ["nothing", ...Object.keys(PARTS)] as (PartName | "nothing")[];

/** What came of a measurement: the last accuracies, and each result. */
async function measure(options: Pick<AblationOptions, "root" | "seeds" | "done">) {
  const results: AblationResult[] = [];
  let last = {};
  await measureAblations(task, settings, {
    ...options,
    onResult: (accuracies, result) => {
      last = structuredClone(accuracies);
      results.push(result);
      return Promise.resolve();
    },
  });
  return { last, results };
}

describe("measureAblations()", () => {
  it("trains with all parts and without each, and looks at no test image", async () => {
    await inFolder(async (root) => {
      const { last, results } = await measure({ root, seeds: 1, done: {} });
      assertEquals(
        results.map(({ part, seed }) => [part, seed]),
        everything.map((part) => [part, 0]),
      );
      const measured = results.map(({ part, accuracy }) => [part, [accuracy]]);
      assertEquals(last, Object.fromEntries(measured));
      for (const [place, run] of [...Deno.readDirSync(`${root}/cifar`)].entries()) {
        const names = [...Deno.readDirSync(`${root}/cifar/${run.name}`)].map(({ name }) => name);
        assert(names.includes("history.json") && !names.includes("predictions.csv"));
        const config = JSON.parse(
          await Deno.readTextFile(
            `${root}/cifar/${String(place + 1).padStart(3, "0")}/config.json`,
          ),
        );
        assertEquals(config.without ?? "nothing", everything[place]);
      }
    });
  });

  it("goes on after what was measured, seed by seed", async () => {
    await inFolder(async (root) => {
      const done = Object.fromEntries(everything.map((part) => [part, [0.5, 0.25]]));
      const { nothing: _, dirac: __, ...others } = done;
      const { last, results } = await measure({
        ...{ root, seeds: 2 },
        done: { ...others, nothing: [0.5], dirac: [null, 0.25] },
      });
      assertEquals(results.map(({ part, seed }) => [part, seed]), [["nothing", 1]]);
      assertEquals(last, {
        ...done,
        ...{ nothing: [0.5, results[0]!.accuracy], dirac: [null, 0.25] },
      });
    });
  });

  it("has no accuracy where training diverges", async () => {
    await inFolder(async (root) => {
      const done = Object.fromEntries(everything.slice(1).map((part) => [part, [0.5]]));
      let accuracy: number | null = 0;
      await measureAblations(task, { ...settings, "learning-rate": 1e30 }, {
        ...{ root, seeds: 1, done },
        onResult: (_, result) => {
          accuracy = result.accuracy;
          return Promise.resolve();
        },
      });
      assertEquals(accuracy, null);
    });
  });
});
