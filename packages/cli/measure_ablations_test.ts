import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { DivergedError } from "./diverged_error.ts";
import {
  type AblationAccuracies,
  type AblationTraining,
  measureAblations,
} from "./measure_ablations.ts";

/** The trainings of a measurement, and what was kept after each. */
async function measure(seeds: number, done?: AblationAccuracies) {
  const trained: AblationTraining[] = [];
  const kept: AblationAccuracies[] = [];
  const accuracies = [0.5, null, 0.25, 0.125, 1, 0];
  await measureAblations({
    ...{ parts: ["dirac", "flip"], seeds },
    ...done === undefined ? {} : { done },
    train: (training) => {
      trained.push(training);
      const accuracy = accuracies[trained.length - 1]!;
      if (accuracy === null) return Promise.reject(new DivergedError("NaN"));
      return Promise.resolve(accuracy);
    },
    onResult: ({ accuracy, ...training }, all) => {
      assertEquals([training, accuracy], [trained.at(-1)!, accuracies[trained.length - 1]]);
      kept.push(structuredClone(all));
      return Promise.resolve();
    },
  });
  return { trained: trained.map(({ without, seed }) => [without, seed]), kept };
}

describe("measureAblations()", () => {
  it("trains with all parts and without each, seed by seed", async () => {
    const { trained, kept } = await measure(2);
    const parts = [null, "dirac", "flip"];
    assertEquals(trained, [0, 1].flatMap((seed) => parts.map((part) => [part, seed])));
    assertEquals(kept[0], { whole: [0.5], without: { dirac: [], flip: [] } });
    assertEquals(kept[5], {
      whole: [0.5, 0.125],
      without: { dirac: [null, 1], flip: [0.25, 0] },
    });
  });

  it("goes on after what was measured, and loses none of it", async () => {
    const { trained, kept } = await measure(2, {
      whole: [0.7],
      without: { dirac: [null, 0.6], gone: [0.1] },
    });
    assertEquals(trained, [["flip", 0], [null, 1], ["flip", 1]]);
    assertEquals(kept[0], { whole: [0.7], without: { dirac: [null, 0.6], flip: [0.5] } });
    assertEquals(kept[2]!.without.dirac, [null, 0.6]);
    assertEquals(await measure(1, kept[2]!), { trained: [], kept: [] });
  });

  it("passes on what else goes wrong", async () => {
    await assertRejects(
      () =>
        measureAblations({
          ...{ parts: [], seeds: 1, onResult: () => Promise.resolve() },
          train: () => Promise.reject(new RangeError("no such recipe")),
        }),
      RangeError,
      "no such recipe",
    );
  });
});
