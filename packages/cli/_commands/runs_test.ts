import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { printed } from "../_printed_test.ts";
import { gradus } from "../gradus.ts";
import { UsageError } from "../usage_error.ts";
import { means, writeRun } from "./_run_folder_test.ts";

/** Four runs: two classifiers, one that validated by loss alone, one that never validated. */
async function writeRuns(root: string): Promise<void> {
  const config = (seed: number) => ({
    seed,
    "learning-rate": [0.1, 0.3],
    sample: true,
    hidden: [4],
  });
  await writeRun(root, { config: config(0), epochs: [means(0.9, 0.5), means(0.5, 0.75)] });
  await writeRun(root, { config: config(1), epochs: [means(0.4, 0.75)] });
  await writeRun(root, { config: { seed: 2 }, epochs: [means(0.3)], modelName: "b" });
  await writeRun(root, { config: { seed: 3 }, epochs: [{}], modelName: "b" });
  await writeRun(root, { config: { seed: 4 }, modelName: "c" });
}

async function foldersOf(root: string, ...args: string[]): Promise<string[]> {
  const { text } = await printed(() => gradus(["runs", root, "--json", ...args]));
  return JSON.parse(text).map(({ folder }: { folder: string }) => folder.slice(root.length + 1));
}

describe("gradus runs", () => {
  it("lists runs with an epoch, best first, by accuracy and then loss", async () => {
    await inFolder(async (root) => {
      await writeRuns(root);
      const { code, text } = await printed(() => gradus(["runs", root]));
      assertEquals(code, 0);
      assertEquals(
        text.replaceAll(`${root}/`, "").split("\n").map((line) =>
          line.replaceAll(/ {2,}/g, "  ").trim()
        ),
        [
          "run  validation accuracy  validation loss  training loss  epochs  seed  learning rate  trained for",
          text.split("\n")[1]!.replaceAll(/ {2,}/g, "  "),
          "a/002  75.00 %  0.4000  1.0000  1  1  0.1,0.3  0.5 s",
          "a/001  75.00 %  0.5000  1.0000  2  0  0.1,0.3  1.0 s",
          "b/001  –  0.3000  1.0000  1  2  –  0.5 s",
          "b/002  –  –  1.0000  1  3  –  0.5 s",
        ],
      );
      assertEquals(await foldersOf(root), ["a/002", "a/001", "b/001", "b/002"]);
      assertEquals(await foldersOf(root, "--by", "loss"), ["b/001", "a/002", "a/001", "b/002"]);
      assertEquals(await foldersOf(root, "--by", "folder"), ["a/001", "a/002", "b/001", "b/002"]);
      assertEquals(await foldersOf(root, "--limit", "1"), ["a/002"]);
    });
  });

  it("shows runs with some settings alone, and further settings", async () => {
    await inFolder(async (root) => {
      await writeRuns(root);
      assertEquals(await foldersOf(root, "--where", "seed=0"), ["a/001"]);
      assertEquals(await foldersOf(root, "--where", "sample=true;learning-rate=0.1,0.3"), [
        ...["a/002", "a/001"],
      ]);
      assertEquals(await foldersOf(root, "--where", "toString=x"), []);
      const args = ["runs", root, "--where", "hidden=4", "--columns", "hidden,sample,none"];
      const { text } = await printed(() => gradus(args));
      const lines = text.split("\n").map((line) => line.trim().split(/ {2,}/).slice(-3));
      assertEquals([lines[0], lines[2]], [["hidden", "sample", "none"], ["4", "true", "–"]]);
      const none = await printed(() => gradus(["runs", root, "--where", "seed=9"]));
      assertEquals(none.text, "No runs.");
    });
  });

  it("gives what it knows of each run as JSON", async () => {
    await inFolder(async (root) => {
      await writeRuns(root);
      const { text } = await printed(() => gradus(["runs", `${root}/a/001`, "--json"]));
      const [{ config, ...run }] = JSON.parse(text);
      assertEquals(run, {
        ...{ folder: `${root}/a/001`, epochs: 2, trainingLoss: 1, trainingAccuracy: null },
        ...{ validationLoss: 0.5, validationAccuracy: 0.75, learningRate: 0.1, durationMs: 1000 },
      });
      assertEquals(config.seed, 0);
    });
  });

  it("refuses folders and tables that it cannot read", async () => {
    await inFolder(async (root) => {
      const refuses = async (args: string[], message: string) => {
        const error = await assertRejects(() => gradus(["runs", ...args]), UsageError);
        assertEquals(error.message.slice(0, message.length), message);
      };
      await refuses(
        [`${root}/no`],
        "Cannot look for runs as folders must be readable: found ENOENT",
      );
      await refuses(
        ["--where", "seed"],
        "Cannot use --where as each condition must be NAME=VALUE: found seed",
      );
      const { run } = await writeRun(root, { epochs: [{}] });
      const path = run.path("history.csv");
      const [header] = (await Deno.readTextFile(path)).split("\n");
      for (
        const [text, message] of [
          ["", `as it must begin with ${header}: found no line`],
          ["a,b\n1,2\n", `as it must begin with ${header}: found a,b`],
          [
            `${header}\n1,x,,,,0.1,1\n`,
            "as each row must be an epoch in numbers: found 1,x,,,,0.1,1 in row 1",
          ],
          [
            `${header}\n1,,,,,0.1,1\n`,
            "as each row must be an epoch in numbers: found 1,,,,,0.1,1 in row 1",
          ],
          [`${header}\n1,1\n`, "as each row must be an epoch in numbers: found 1,1 in row 1"],
          [`${header}\n"1,1\n`, "as it must be CSV: found a quote out of place"],
        ] as const
      ) {
        await Deno.writeTextFile(path, text);
        await refuses([root], `Cannot read ${path} ${message}`);
      }
    });
  });
});
