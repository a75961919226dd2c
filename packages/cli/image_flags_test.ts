import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertUsageError } from "./_assert_usage_error_test.ts";
import { imageFlags } from "./image_flags.ts";
import { BACKENDS } from "./open_backend.ts";
import { helpText, parseFlags } from "./parse_flags.ts";

const fallbacks = {
  ...{ epochs: 8, batch: 128, learningRate: 0.1, modelName: "mlp" },
  heldOut: { files: 5000, drawn: 500 },
};
const flags = imageFlags(fallbacks);

describe("imageFlags()", () => {
  it("have these defaults", () => {
    assertEquals(parseFlags([], flags), {
      "learning-rate": [0.1],
      epochs: 8,
      batch: 128,
      seed: 0,
      seeds: 1,
      trial: null,
      validation: null,
      limit: null,
      "model-name": "mlp",
      data: null,
      sample: false,
      resume: null,
      backend: "auto",
      json: false,
      help: false,
    });
  });

  it("leave to the program what it decides", () => {
    const free = imageFlags({ ...fallbacks, epochs: null, batch: null, learningRate: null });
    const { epochs, batch, "learning-rate": learningRate } = parseFlags([], free);
    assertEquals([epochs, batch, learningRate], [null, null, null]);
    assertEquals(parseFlags(["--epochs", "3"], free).epochs, 3);
  });

  it("refuse values that cannot be trained with", () => {
    const name = "letters, digits, or any of . _ = -, and not start with a dot";
    const wrong: [string, string, string][] = [
      ["learning-rate", "0", "a number above 0"],
      ["learning-rate", "fast", "a number above 0"],
      ["epochs", "0", "a whole number of at least 1"],
      ["epochs", "1.5", "a whole number of at least 1"],
      ["batch", "1", "a whole number of at least 2"],
      ["seed", "-1", "a whole number of at least 0 and of at most 4294967295"],
      ["seed", "4294967296", "a whole number of at least 0 and of at most 4294967295"],
      ["seeds", "0", "a whole number of at least 1 and of at most 1000"],
      ["trial", "1/1", "K/N with whole numbers, K from 0 to N − 1"],
      ["validation", "0", "a whole number of at least 1"],
      ["limit", "9", "a whole number of at least 10"],
      ["model-name", "../x", name],
      ["backend", "tpu", `one of auto, ${BACKENDS.join(", ")}`],
    ];
    for (const [flag, value, rule] of wrong) {
      assertUsageError(
        () => parseFlags([`--${flag}`, value], flags),
        `Cannot use --${flag} as it must be ${rule}: found ${value}`,
      );
    }
    for (const flag of ["data", "resume"]) {
      assertUsageError(
        () => parseFlags([`--${flag}`], flags),
        `Cannot use --${flag} as it must have a value: found none`,
      );
    }
  });

  it("fit into 100 columns of help, which has all defaults", () => {
    const text = helpText(flags, { command: "deno task cifar", purpose: "Trains." });
    assertStringIncludes(text, "to validate by (default 5000, or 500 drawn ones)\n");
    assertEquals(text.split("\n").filter((line) => line.length > 100), []);
  });
});
