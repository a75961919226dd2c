import { inFolder } from "@gradus/testing/in-folder";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { imageFlags } from "./image_flags.ts";
import { type AblationSettings, runAblations } from "./run_ablations.ts";
import { UsageError } from "./usage_error.ts";

const flags = imageFlags({
  ...{ epochs: 8, batch: 128, learningRate: 0.1, modelName: "mlp" },
  heldOut: { files: 5000, drawn: 500 },
});

/** What was asked for, and the file behind it. */
async function run(folder: string, ...args: string[]) {
  const path = `${folder}/ablations.json`;
  const measured = { command: "ablate", validation: 100, whole: [0.5], without: { flip: [0.25] } };
  const asked: AblationSettings[] = [];
  const trained: string[] = [];
  const code = await runAblations(args, {
    ...{ command: "ablate", purpose: "Trains.", flags, measured, file: new URL(`file://${path}`) },
    parts: { flip: { what: "mirror images", why: "More to learn from.", instead: "none" } },
    prepare: (settings) => {
      asked.push(settings);
      return Promise.resolve(({ without, seed }) => {
        trained.push(`${without} ${seed}`);
        return Promise.resolve(0.75);
      });
    },
  });
  const text = await Deno.readTextFile(path).catch(() => null);
  return { code, asked, trained, kept: text === null ? null : JSON.parse(text) };
}

describe("runAblations()", () => {
  it("trains with all parts and without each, and keeps the accuracies", async () => {
    await inFolder(async (folder) => {
      const { code, asked, trained, kept } = await run(folder, "--backend", "reference");
      assertEquals([code, asked], [0, [{ data: null, backend: "reference" }]]);
      assertEquals(trained, ["null 0", "flip 0", "null 1", "flip 1"]);
      assertEquals(kept, {
        ...{ command: "ablate", validation: 100 },
        ...{ whole: [0.75, 0.75], without: { flip: [0.75, 0.75] } },
      });
    });
  });

  it("measures the rest with --go-on", async () => {
    await inFolder(async (folder) => {
      const { trained, kept } = await run(folder, "--go-on", "--seeds", "2");
      assertEquals(trained, ["null 1", "flip 1"]);
      assertEquals([kept.whole, kept.without], [[0.5, 0.75], { flip: [0.25, 0.75] }]);
    });
  });

  it("measures nothing for --help or flags that it does not know", async () => {
    await inFolder(async (folder) => {
      assertEquals(await run(folder, "--help"), { code: 0, asked: [], trained: [], kept: null });
      await assertRejects(() => run(folder, "--epochs", "3"), UsageError);
    });
  });
});
