import { DivergedError } from "@gradus/cli/diverged-error";
import { findTrials } from "@gradus/cli/trial-folder";
import { UsageError } from "@gradus/cli/usage-error";
import { Dense, Sequential } from "@gradus/layers";
import { random } from "@gradus/random";
import { reference } from "@gradus/tensor/reference";
import { save } from "@gradus/train";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { flowersCsv } from "./_flowers_csv_test.ts";
import { settingsOf } from "./_settings_test.ts";
import { collectTrials } from "./collect_trials.ts";
import { runIris } from "./run_iris.ts";
import { runTrials } from "./run_trials.ts";

const small = ["--learning-rate", "0.03,0.1", "--hidden", "4,8", "--epochs", "2", "--seeds", "2"];

async function runShares(root: string, shares: readonly string[], ...args: string[]) {
  for (const share of shares) {
    const settings = settingsOf(...small, ...args, "--trial", share);
    await runTrials(settings, { root, onProgress: () => {} });
  }
}

async function collect(root: string, data: string | null = null) {
  const { trials } = await findTrials([root]);
  return await collectTrials(trials, { root, data, startMs: performance.now() });
}

/** All files of a folder, without what tells the time. */
async function filesOf(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { name } of Deno.readDir(folder)) {
    const text = new TextDecoder("latin1").decode(await Deno.readFile(`${folder}/${name}`));
    files[name] = name === "history.csv"
      ? text.replace(/,[^,\n]*$/gm, "")
      : text.replace(/\d+\.\d s in all/, "");
  }
  return files;
}

/** What a sweep run whole leaves, and what its trials do. */
async function assertSame(shares: readonly string[], ...args: string[]): Promise<void> {
  await inFolder(async (root) => {
    const settings = settingsOf(...small, ...args);
    const options = { root: `${root}/whole`, startMs: performance.now(), onProgress: () => {} };
    const whole = await runIris(settings, options);
    await runShares(`${root}/shares`, shares, ...args);
    const collected = await collect(`${root}/shares`);
    assertEquals(await filesOf(collected.run.folder), await filesOf(whole.run.folder));
  });
}

describe("collectTrials()", () => {
  it("gives the report of the whole sweep, in any order of the trials, some run twice", async () => {
    await assertSame(["5/8", "1/2", "0/2", "3/8", "0/8"]);
  });

  it("gives it where all seeds have one split", async () => {
    await assertSame(["1/2", "0/2"], "--split-seed", "7", "--schedule", "exponential");
  });

  it("gives it where combinations diverge, with some seeds or with all", async () => {
    await assertSame(["2/3", "0/3", "1/3"], "--learning-rate", "0.1,1e6,1e-3");
  });

  it("takes flowers from elsewhere, if they are the same", async () => {
    await inFolder(async (root) => {
      const file = `${root}/flowers.csv`;
      await Deno.writeTextFile(file, flowersCsv().join("\n"));
      await runShares(root, ["0/1"]);
      const { results } = await collect(root, file);
      assertEquals(results.tested.length, 4);

      const others = flowersCsv().toSpliced(1, 5);
      await Deno.writeTextFile(file, others.join("\n"));
      const error = await assertRejects(() => collect(root, file), UsageError);
      assertEquals(
        error.message,
        `Cannot collect ${root}/iris/001 as it must have been trained on the flowers that are here: found that its standardizer.json differs`,
      );
    });
  });

  it("names what is missing", async () => {
    await inFolder(async (root) => {
      await runShares(root, ["0/4", "1/4", "2/4"]);
      const error = await assertRejects(() => collect(root), UsageError);
      assertEquals(
        error.message,
        "Cannot collect the sweep as each of its 8 trials must have been run to its end: found none of trial 3 (hidden 4, learning-rate 0.1, seed 1), trial 7 (hidden 8, learning-rate 0.1, seed 1)",
      );
    });
  });

  it("refuses a model of another shape", async () => {
    await inFolder(async (root) => {
      await runShares(root, ["0/1"]);
      const model = new Sequential([new Dense(2)]);
      model.init([4], { backend: reference(), random: random(0) });
      await save(model, `${root}/iris/003/model.safetensors`);
      const error = await assertRejects(() => collect(root), UsageError);
      assertEquals(
        error.message,
        `Cannot collect ${root}/iris/003 as its model must give [3]: found [2]`,
      );
    });
  });

  it("refuses settings that no command line could give", async () => {
    await inFolder(async (root) => {
      await runShares(root, ["0/1"]);
      const { trials } = await findTrials([root]);
      const changed = trials.map((trial) => {
        const settings = { ...trial.sweep.settings, momentum: 7 };
        return { ...trial, sweep: { ...trial.sweep, settings } };
      });
      const options = { root, data: null, startMs: performance.now() };
      const error = await assertRejects(() => collectTrials(changed, options), UsageError);
      assertEquals(
        error.message,
        `Cannot use --momentum as it must be a number of at least 0 and below 1: found 7 in ${root}/iris/001/config.json`,
      );
    });
  });

  it("makes no folder elsewhere, whatever name the trials have for theirs", async () => {
    await inFolder(async (root) => {
      await runShares(`${root}/inside`, ["0/1"]);
      const { trials } = await findTrials([`${root}/inside`]);
      const changed = trials.map((trial) => {
        const settings = { ...trial.sweep.settings, "model-name": "../../x" };
        return { ...trial, sweep: { ...trial.sweep, settings } };
      });
      const options = { root: `${root}/inside`, data: null, startMs: performance.now() };
      const error = await assertRejects(() => collectTrials(changed, options), UsageError);
      assertEquals(
        error.message,
        `Cannot use --model-name as it must be letters, digits, or any of . _ = -, and not start with a dot: found ../../x in ${root}/inside/iris/001/config.json`,
      );
      assertEquals([...Deno.readDirSync(root)].map(({ name }) => name), ["inside"]);
    });
  });

  it("refuses to choose where all diverge", async () => {
    await inFolder(async (root) => {
      await runShares(root, ["0/1"], "--learning-rate", "1e6");
      await assertRejects(() => collect(root), DivergedError);
    });
  });
});
