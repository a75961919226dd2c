import { openRun } from "@gradus/train";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { readHistory, writeHistory } from "./history_file.ts";
import { UsageError } from "./usage_error.ts";

const means = { loss: 0.1 + 0.2, accuracy: 1 / 3, rows: 3 };
const entry = {
  ...{ epoch: 0, training: means, validation: { ...means, accuracy: null } },
  ...{ learningRate: 1e-3, durationMs: 1.5 },
  parameters: [{ name: "0.weight", minimum: -1, maximum: 1e-300, norm: 2 }],
};

describe("readHistory()", () => {
  it("reads what writeHistory() wrote, to the last bit", async () => {
    await inFolder(async (root) => {
      const run = await openRun({ root, modelName: "a", config: {} });
      run.epochs.push(entry, { ...entry, epoch: 1 });
      await writeHistory(run);
      assertEquals(await readHistory(run.folder, { verb: "read" }), run.epochs);
    });
  });

  it("refuses what is no list of epochs", async () => {
    await inFolder(async (folder) => {
      const wrong = [
        ...[null, 7, {}, [null], [7], [{}], [{ ...entry, epoch: 1 }]],
        ...[{ training: null }, { training: { ...means, loss: null } }, { validation: 1 }]
          .map((change) => [{ ...entry, ...change }]),
        ...[{ training: { ...means, accuracy: "1" } }, { training: { ...means, rows: 0.5 } }]
          .map((change) => [{ ...entry, ...change }]),
        ...[{ parameters: null }, { parameters: [null] }, { parameters: [{ name: "a" }] }]
          .map((change) => [{ ...entry, ...change }]),
        ...[{ learningRate: "0.1" }, { durationMs: null }].map((
          change,
        ) => [{ ...entry, ...change }]),
      ].map((value) => JSON.stringify(value));
      for (const text of ["", "[", ...wrong]) {
        await Deno.writeTextFile(`${folder}/history.json`, text);
        const error = await assertRejects(
          () => readHistory(folder, { verb: "collect" }),
          UsageError,
          undefined,
          text,
        );
        assertEquals(
          error.message,
          `Cannot collect ${folder} as its history.json must be a list of epochs: found something else`,
        );
      }
    });
  });
});
