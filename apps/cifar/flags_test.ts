import { parseFlags } from "@gradus/cli/parse-flags";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CHANGEABLE, FLAGS } from "./flags.ts";

describe("FLAGS", () => {
  it("have these defaults", () => {
    assertEquals(parseFlags([], FLAGS), {
      recipe: "default",
      "learning-rate": null,
      epochs: null,
      batch: null,
      seed: 0,
      seeds: 1,
      trial: null,
      validation: null,
      limit: null,
      "model-name": "cifar",
      data: null,
      sample: false,
      resume: null,
      backend: "auto",
      json: false,
      help: false,
      without: null,
      test: null,
    });
  });
});

describe("CHANGEABLE", () => {
  it("has no flag that makes another training of the same epochs", () => {
    const names = Object.keys(FLAGS).filter((name) => !CHANGEABLE.some((other) => other === name));
    assertEquals(names, [
      ...[
        "recipe",
        "learning-rate",
        "batch",
        "seed",
        "seeds",
        "trial",
        "validation",
        "limit",
        "sample",
        "resume",
      ],
      "without",
    ]);
  });
});
