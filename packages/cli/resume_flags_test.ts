import { openRun } from "@gradus/train";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  choiceFlag,
  integerFlag,
  nameFlag,
  numberFlag,
  numbersFlag,
  switchFlag,
  textFlag,
} from "./flag.ts";
import { parseFlags } from "./parse_flags.ts";
import { resumeFlags } from "./resume_flags.ts";
import { UsageError } from "./usage_error.ts";

const spec = {
  recipe: choiceFlag({ description: "recipe", fallback: "slow", choices: ["slow", "quick"] }),
  rate: numberFlag({ description: "rate", fallback: null }),
  hidden: numbersFlag({ description: "units", fallback: [16], whole: true, atLeast: 1 }),
  seed: integerFlag({ description: "seed", fallback: 0 }),
  epochs: integerFlag({ description: "passes over the data", fallback: 10 }),
  "model-name": nameFlag({ description: "name", fallback: "mlp" }),
  sample: switchFlag({ description: "without files" }),
  resume: textFlag({ description: "go on", fallback: null, placeholder: "RUN" }),
  json: switchFlag({ description: "print JSON" }),
};

const changeable = ["epochs", "json"] as const;

const config = {
  ...{ recipe: "quick" as const, rate: -0.5, hidden: [4, 8], seed: 7, epochs: 3, sample: true },
  ...{ "model-name": "a=b", resume: "experiments/mlp/000", versions: { gradus: "0.1.0" } },
};

/** Runs with the folder of a run of this configuration. */
async function withRun(
  config: Record<string, unknown>,
  run: (folder: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await run((await openRun({ root, modelName: "mlp", config })).folder);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function refuses(args: string[], message: string): Promise<void> {
  const error = await assertRejects(() => resumeFlags(args, spec, { changeable }), UsageError);
  assertEquals(error.message, message);
}

describe("resumeFlags()", () => {
  it("reads flags as parseFlags() does where there is no run to go on from", async () => {
    for (const args of [[], ["--seed", "3", "--json"]]) {
      assertEquals(await resumeFlags(args, spec, { changeable }), parseFlags(args, spec));
    }
    await refuses(["--seed", "x"], "Cannot use --seed as it must be a whole number: found x");
  });

  it("takes what is not said from the run, which it names", async () => {
    await withRun(config, async (folder) => {
      const { versions: _, ...settings } = config;
      assertEquals(await resumeFlags(["--resume", folder], spec, { changeable }), {
        ...settings,
        json: false,
        resume: folder,
      });
    });
  });

  it("takes what may be changed from the command line", async () => {
    await withRun(config, async (folder) => {
      const args = ["--resume", folder, "--epochs", "9", "--json", "--seed", "7"];
      const { epochs, json, seed, resume } = await resumeFlags(args, spec, { changeable });
      assertEquals([epochs, json, seed, resume], [9, true, 7, folder]);
    });
  });

  it("falls back where the run does not say", async () => {
    await withRun({ rate: null, sample: false }, async (folder) => {
      const args = ["--resume", folder];
      assertEquals(await resumeFlags(args, spec, { changeable }), parseFlags(args, spec));
    });
  });

  it("refuses another value of what may not be changed", async () => {
    await withRun(config, async (folder) => {
      const changes: [string, string, string][] = [
        ["recipe", "quick", "slow"],
        ["rate", "-0.5", "0.1"],
        ["hidden", "4,8", "4"],
        ["seed", "7", "0"],
        ["model-name", "a=b", "b"],
      ];
      for (const [name, old, value] of changes) {
        await refuses(
          ["--resume", folder, `--${name}`, value],
          `Cannot use --${name} as it must be that of the run to go on from, ${old}: found ${value}`,
        );
      }
    });
    await withRun({}, async (folder) => {
      await refuses(
        ["--resume", folder, "--rate", "1"],
        "Cannot use --rate as it must be that of the run to go on from, none: found 1",
      );
      await refuses(
        ["--resume", folder, "--sample"],
        "Cannot use --sample as it must be that of the run to go on from, false: found true",
      );
    });
  });

  it("refuses a folder that is no run's", async () => {
    const found = "as it must be the folder of a run: found no config.json";
    await refuses(["--resume", "no/such"], `Cannot go on from no/such ${found}`);
    await refuses(["--resume", "README.md"], `Cannot go on from README.md ${found}`);
  });

  it("refuses a configuration that is none, or has a wrong value", async () => {
    await withRun({}, async (folder) => {
      for (const text of ["", "{", "null", "7", '"quick"']) {
        await Deno.writeTextFile(`${folder}/config.json`, `${text}\n`);
        await refuses(
          ["--resume", folder],
          `Cannot go on from ${folder} as its config.json must be a JSON object: found ${
            text === "" ? "none" : text
          }`,
        );
      }
    });
    await withRun({ seed: "x" }, async (folder) => {
      await refuses(
        ["--resume", folder],
        `Cannot use --seed as it must be a whole number: found x in ${folder}/config.json`,
      );
    });
    await withRun({ sample: "x" }, async (folder) => {
      await refuses(
        ["--resume", folder],
        `Cannot use --sample as it takes no value: found x in ${folder}/config.json`,
      );
    });
  });
});
