import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { accuracyChart, type EpochEntry, lossChart, type Means } from "./mod.ts";

function entry(epoch: number, training: Partial<Means>, validation?: Partial<Means>): EpochEntry {
  const means = (some: Partial<Means>): Means => ({ loss: 1, accuracy: null, rows: 1, ...some });
  return {
    epoch,
    training: means(training),
    ...(validation === undefined ? {} : { validation: means(validation) }),
    learningRate: 0.1,
    durationMs: 1,
  };
}

describe("lossChart()", () => {
  it("draws training, and validation where there is some", () => {
    const alone = lossChart([entry(0, {}), entry(1, { loss: 0.5 })], { title: "A & B" });
    assertStringIncludes(alone, "A &amp; B");
    assertStringIncludes(alone, "mean loss");
    assert(!alone.includes("validation"));
    const both = lossChart([entry(0, {}), entry(1, {}, { loss: 0.5 })], { title: "A" });
    assertStringIncludes(both, "validation");
    assert(!both.includes("not finite"), "an epoch without validation is no gap");
  });

  it("says so where a loss is not finite", () => {
    const svg = lossChart([entry(0, {}), entry(1, { loss: NaN })], { title: "A" });
    assertStringIncludes(svg, "training: 1 of 2 values is not finite and left out");
  });

  it("takes a theme", () => {
    const draw = (theme: "auto" | "light" | "dark") =>
      lossChart([entry(0, {})], { title: "A", theme });
    assertEquals(new Set([draw("auto"), draw("light"), draw("dark")]).size, 3);
    assertEquals(lossChart([entry(0, {})], { title: "A" }), draw("auto"));
  });
});

describe("accuracyChart()", () => {
  it("draws per cent", () => {
    const svg = accuracyChart([entry(0, { accuracy: 0.25 }), entry(1, { accuracy: 0.75 })], {
      title: "A",
    })!;
    assertStringIncludes(svg, "accuracy (%)");
    assertStringIncludes(svg, ">70<");
  });

  it("is null where no epoch has an accuracy", () => {
    assertEquals(accuracyChart([], { title: "A" }), null);
    assertEquals(accuracyChart([entry(0, {}, {})], { title: "A" }), null);
  });

  it("draws what is known, of validation alone too", () => {
    const svg = accuracyChart([entry(0, {}, { accuracy: 0.5 }), entry(1, {})], { title: "A" })!;
    assertStringIncludes(svg, "validation");
    assert(!svg.includes("training"));
    assert(!svg.includes("not finite"));
  });
});
