import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { configArguments, readConfig, settingsFromConfig } from "./config_file.ts";
import { integerFlag, numbersFlag, switchFlag } from "./flag.ts";
import { UsageError } from "./usage_error.ts";

const spec = {
  seed: integerFlag({ description: "seed", fallback: 0 }),
  rates: numbersFlag({ description: "rates", fallback: null }),
  sample: switchFlag({ description: "without files" }),
};

describe("readConfig()", () => {
  it("refuses what is no run, and a file that is no object", async () => {
    await inFolder(async (folder) => {
      const refuses = async (message: string) => {
        const error = await assertRejects(() => readConfig(folder, { verb: "read" }), UsageError);
        assertEquals(error.message, message);
      };
      await refuses(
        `Cannot read ${folder} as it must be the folder of a run: found no config.json`,
      );
      for (const [text, found] of [["", "none"], ["{", "{"], ["7", "7"], ["null", "null"]]) {
        await Deno.writeTextFile(`${folder}/config.json`, text!);
        await refuses(
          `Cannot read ${folder} as its config.json must be a JSON object: found ${found}`,
        );
      }
    });
  });
});

describe("configArguments()", () => {
  it("gives each flag its value, and leaves out what is none", () => {
    assertEquals(configArguments({ seed: 7, rates: [0.1, 0.3], sample: true, other: 1 }, spec), [
      ...["--seed=7", "--rates=0.1,0.3", "--sample"],
    ]);
    assertEquals(configArguments({ seed: null, sample: false }, spec), []);
  });

  it("looks at the configuration's own values alone", () => {
    const flags = { constructor: spec.seed, valueOf: spec.seed };
    assertEquals(configArguments(JSON.parse('{"__proto__": {"valueOf": 1}}'), flags), []);
  });
});

describe("settingsFromConfig()", () => {
  const folder = "a/001";

  it("gives the settings back, with fallbacks for the others", () => {
    assertEquals(settingsFromConfig({ rates: [0.1] }, spec, { folder }), {
      ...{ seed: 0, rates: [0.1], sample: false },
    });
  });

  it("lets the flag refuse what a file has in place of a number", () => {
    for (
      const [value, found] of [["x", "x"], [{}, "{}"], [{ toString: 1 }, '{"toString":1}']] as const
    ) {
      const error = assertThrows(
        () => settingsFromConfig({ seed: value }, spec, { folder }),
        UsageError,
      );
      assertEquals(
        error.message,
        `Cannot use --seed as it must be a whole number: found ${found} in a/001/config.json`,
      );
    }
    assertThrows(
      () => settingsFromConfig({ rates: [[{ toString: 1 }]] }, spec, { folder }),
      UsageError,
    );
  });
});
