import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { tested } from "./_small_sweep_test.ts";
import { imageSweep } from "./image_sweep.ts";
import type { ImageProgram } from "./run_images.ts";

const settings = {
  ...{ rate: [0.1, 0.3] as readonly number[] | null, dropout: [0.5] as readonly number[] },
  ...{ sample: false, seed: 3, seeds: 2, trial: null },
};

/** A sweep, and the trials that it read images for and made programs of. */
function recorded(changes: Partial<typeof settings> = {}) {
  const read: number[] = [];
  const made: unknown[] = [];
  const sweep = imageSweep({ ...settings, ...changes }, ["rate", "dropout"], {
    ...{ program: "small", config: {} },
    readTask: ({ seed }) => {
      read.push(seed);
      return Promise.resolve(tested);
    },
    programOf: (_task, trial) => {
      made.push(trial);
      return {} as ImageProgram;
    },
  });
  return { sweep, read, made };
}

describe("imageSweep()", () => {
  it("has a trial for each combination with each seed, named by what varies", async () => {
    const { sweep, made } = recorded();
    assertEquals(sweep.axes, ["rate"]);
    assertEquals(sweep.trials.map(({ name, seed, values }) => [name, seed, values]), [
      ["rate 0.1, seed 3", 3, [0.1]],
      ["rate 0.1, seed 4", 4, [0.1]],
      ["rate 0.3, seed 3", 3, [0.3]],
      ["rate 0.3, seed 4", 4, [0.3]],
    ]);
    for (const { open } of sweep.trials) await open();
    assertEquals(made[2], { rate: 0.3, dropout: 0.5, sample: false, seed: 3 });
  });

  it("has one combination where the program decides", () => {
    const { sweep } = recorded({ rate: null });
    assertEquals([sweep.axes, sweep.trials.map(({ name }) => name)], [[], ["seed 3", "seed 4"]]);
  });

  it("reads files once, and draws a sample for each seed", async () => {
    const [files, sample] = [recorded(), recorded({ sample: true })];
    for (const { open } of files.sweep.trials) await open();
    assertEquals(files.read, [3]);
    for (const { open } of sample.sweep.trials) await open();
    assertEquals(sample.read, [3, 4, 3, 4]);
  });
});
