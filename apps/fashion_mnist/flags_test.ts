import { parseFlags } from "@gradus/cli/parse-flags";
import { UsageError } from "@gradus/cli/usage-error";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { settingsOf } from "./_settings_test.ts";
import { CHANGEABLE, FLAGS } from "./flags.ts";

describe("FLAGS", () => {
  it("have these defaults", () => {
    // How it is trained best is for docs/results to say.
    const { hidden, dropout, momentum, "weight-decay": decay, "learning-rate": rate, ...rest } =
      parseFlags([], FLAGS);
    assertEquals(rest, {
      epochs: 10,
      batch: 128,
      seed: 0,
      seeds: 1,
      trial: null,
      validation: null,
      limit: null,
      "model-name": "fashion_mnist",
      data: null,
      sample: false,
      resume: null,
      backend: "auto",
      json: false,
      help: false,
      without: null,
    });
    assertEquals(hidden.every(Number.isInteger), true);
    assertEquals(typeof momentum, "number");
    for (const list of [dropout, decay, rate]) assertEquals(list!.length, 1);
  });

  it("refuse values that cannot be trained with", () => {
    const wrong: [string, string, string][] = [
      ["hidden", "0", "a whole number of at least 1 and of at most 65536"],
      ["dropout", "1", "a number of at least 0 and below 1"],
      ["momentum", "-0.1", "a number of at least 0 and below 1"],
      ["weight-decay", "-1", "a number of at least 0"],
    ];
    for (const [name, value, rule] of wrong) {
      const error = assertThrows(() => settingsOf(`--${name}`, value), UsageError);
      assertEquals(error.message, `Cannot use --${name} as it must be ${rule}: found ${value}`);
    }
  });

  it("take layers of the same width", () => {
    assertEquals(settingsOf("--hidden", "64,64").hidden, [64, 64]);
  });
});

describe("CHANGEABLE", () => {
  it("has no flag that makes another training of the same epochs", () => {
    const names = Object.keys(FLAGS).filter((name) => !CHANGEABLE.some((other) => other === name));
    assertEquals(names, [
      ...[
        "learning-rate",
        "batch",
        "seed",
        "seeds",
        "trial",
        "validation",
        "limit",
        "sample",
        "resume",
        "hidden",
      ],
      ...["dropout", "momentum", "weight-decay", "without"],
    ]);
  });
});
