import { BACKENDS } from "@gradus/cli/open-backend";
import { UsageError } from "@gradus/cli/usage-error";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { settingsOf } from "./_settings_test.ts";
import { assertSettings } from "./flags.ts";

function refuses(args: string[], message: string): void {
  const error = assertThrows(() => assertSettings(settingsOf(...args)), UsageError);
  assertEquals(error.message, message);
}

describe("FLAGS", () => {
  it("have these defaults", () => {
    const settings = settingsOf();
    assertSettings(settings);
    assertEquals(settings, {
      "learning-rate": [0.003, 0.01, 0.03, 0.1],
      hidden: [2, 4, 16, 64],
      epochs: 40,
      batch: 16,
      momentum: 0.9,
      schedule: "constant",
      decay: null,
      init: "xavier_uniform",
      seed: 0,
      seeds: 5,
      "split-seed": null,
      "clip-norm": null,
      trial: null,
      "model-name": "iris",
      data: null,
      backend: BACKENDS[0],
      json: false,
      help: false,
    });
  });

  it("refuse values that cannot be trained with", () => {
    const wrong: [string, string, string][] = [
      ["learning-rate", "0", "a number above 0"],
      ["learning-rate", "-1", "a number above 0"],
      ["hidden", "0", "a whole number of at least 1 and of at most 65536"],
      ["epochs", "0", "a whole number of at least 1 and of at most 1000000"],
      ["batch", "0.5", "a whole number of at least 1"],
      ["momentum", "1", "a number of at least 0 and below 1"],
      ["schedule", "cosine", "one of constant, exponential"],
      ["decay", "0", "a number above 0 and of at most 1"],
      ["decay", "1.1", "a number above 0 and of at most 1"],
      ["seed", "-1", "a whole number of at least 0 and of at most 4294967295"],
      ["seed", "4294967296", "a whole number of at least 0 and of at most 4294967295"],
      ["seeds", "0", "a whole number of at least 1 and of at most 1000"],
      ["split-seed", "-1", "a whole number of at least 0 and of at most 4294967295"],
      ["clip-norm", "0", "a number above 0"],
      ["backend", "tpu", `one of ${BACKENDS.join(", ")}`],
    ];
    for (const [name, value, rule] of wrong) {
      refuses([`--${name}`, value], `Cannot use --${name} as it must be ${rule}: found ${value}`);
    }
  });
});

describe("assertSettings()", () => {
  it("refuses a decay of a rate that is constant", () => {
    refuses(
      ["--decay", "0.9"],
      "Cannot use --decay as --schedule must be exponential: found constant",
    );
    assertSettings(settingsOf("--decay", "0.9", "--schedule", "exponential"));
    assertSettings(settingsOf("--schedule", "exponential"));
  });

  it("refuses names that could lead out of the folder", () => {
    for (const name of ["../x", "a/b", ".hidden", "a b", "ä", "/", "a\\b", "a".repeat(201)]) {
      refuses(
        ["--model-name", name],
        `Cannot use --model-name as it must be letters, digits, or any of . _ = -, and not start with a dot: found ${
          name.length > 60 ? `${name.slice(0, 60)}…` : name
        }`,
      );
    }
    for (const name of ["a", "Iris_2-layers_lr=0.01", "7", "a".repeat(200)]) {
      assertSettings(settingsOf("--model-name", name));
    }
  });
});
