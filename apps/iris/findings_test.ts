import { spreadOf } from "@gradus/cli/spread";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { findings, percent, type TestedCombination } from "./findings.ts";
import type { Combination } from "./sweep.ts";

/** A combination by what findings look at; errors are one a seed. */
function tested(
  learningRate: number,
  hidden: number,
  errors: number[],
  { training = 0.1, validation = 0.2 } = {},
): TestedCombination {
  const combination = {
    learningRate,
    hidden,
    trainings: errors.map(() => ({ epochs: [{ training: { loss: training } }] })),
    validationLoss: spreadOf(errors.map(() => validation)),
  };
  return {
    combination: combination as unknown as Combination,
    tests: [],
    testError: spreadOf(errors),
  };
}

const sameLosses =
  "The lowest training loss and the lowest validation loss are of the same combination, learning rate 0.1 with 4 hidden units: nothing here shows overfitting.";

describe("findings()", () => {
  it("averages a hyper-parameter over the other one and over seeds", () => {
    const [byRate, bySize] = findings([
      tested(0.1, 4, [0.1, 0.2, 0.3]),
      tested(0.01, 4, [0.3, 0.4, 0.5]),
      tested(0.1, 16, [0.1, 0.2, 0.3]),
      tested(0.01, 16, [0.5, 0.6, 0.7]),
    ], { diverged: [] });
    assertEquals(
      byRate,
      "Averaged over seeds and hidden units (4, 16), the test error by learning rate was 50.0 % at 0.01, 20.0 % at 0.1. Between 0.01 and 0.1 lie 30.0 points, with a standard error of 0.0 points over 3 seeds: more than twice that, so these seeds tell them apart.",
    );
    assertEquals(
      bySize,
      "Averaged over seeds and learning rates (0.01, 0.1), the test error by number of hidden units was 30.0 % at 4, 40.0 % at 16. Between 16 and 4 lie 10.0 points, with a standard error of 0.0 points over 3 seeds: more than twice that, so these seeds tell them apart.",
    );
  });

  it("compares the best and the worst of several values", () => {
    const [sentence] = findings([
      tested(0.1, 4, [0.2, 0.22]),
      tested(1, 4, [0.4, 0.38]),
      tested(0.01, 4, [0.3, 0.3]),
    ], { diverged: [] });
    assertEquals(
      sentence,
      "Averaged over seeds and hidden units (4), the test error by learning rate was 30.0 % at 0.01, 21.0 % at 0.1, 39.0 % at 1. Between 1 and 0.1 lie 18.0 points, with a standard error of 2.0 points over 2 seeds: more than twice that, so these seeds tell them apart.",
    );
  });

  it("does not tell apart what differs by chance", () => {
    const [sentence] = findings([
      tested(0.1, 4, [0.1, 0.3]),
      tested(0.01, 4, [0.3, 0.2]),
    ], { diverged: [] });
    assertEquals(
      sentence,
      "Averaged over seeds and hidden units (4), the test error by learning rate was 25.0 % at 0.01, 20.0 % at 0.1. Between 0.01 and 0.1 lie 5.0 points, with a standard error of 15.0 points over 2 seeds: less than twice that, so these seeds do not tell them apart.",
    );
  });

  it("draws the line at twice the standard error", () => {
    const verdict = (errors: number[]) =>
      findings([tested(0.1, 4, [0.1, 0.1]), tested(0.01, 4, errors)], { diverged: [] })[0]!
        .split(": ").at(-1);
    const apart = "more than twice that, so these seeds tell them apart.";
    const alike = "less than twice that, so these seeds do not tell them apart.";
    // Gaps of 15 and 25 points, each with a standard error of 10.
    assertEquals([verdict([0.15, 0.35]), verdict([0.25, 0.45])], [alike, apart]);
  });

  it("tells a small gap from chance where every seed has it", () => {
    // Seeds lie far apart, since each has its own test rows; the gap is the same in all.
    const [sentence] = findings([
      tested(0.1, 4, [0.01, 0.21, 0.41]),
      tested(0.01, 4, [0.03, 0.23, 0.43]),
    ], { diverged: [] });
    assertEquals(
      sentence!.split(". ").at(-1),
      "Between 0.01 and 0.1 lie 2.0 points, with a standard error of 0.0 points over 3 seeds: more than twice that, so these seeds tell them apart.",
    );
  });

  it("does not judge by one seed", () => {
    const [sentence] = findings([tested(0.1, 4, [0.1]), tested(0.01, 4, [0.4])], { diverged: [] });
    assertEquals(
      sentence,
      "Averaged over seeds and hidden units (4), the test error by learning rate was 40.0 % at 0.01, 10.0 % at 0.1. Between 0.01 and 0.1 lie 30.0 points; one seed cannot tell whether that is chance.",
    );
  });

  it("says so where there is no gap, whatever the rounding", () => {
    // 25 and 25 wrong rows of 6 · 30, whose means differ in their last bits.
    const thirtieths = (...counts: number[]) => counts.map((count) => count / 30);
    const [sentence] = findings([
      tested(0.1, 4, thirtieths(5, 7, 4)),
      tested(0.01, 4, thirtieths(7, 6, 0)),
      tested(0.1, 16, thirtieths(1, 7, 1)),
      tested(0.01, 16, thirtieths(2, 3, 7)),
    ], { diverged: [] });
    assertEquals(
      sentence,
      "Averaged over seeds and hidden units (4, 16), the test error by learning rate was 13.9 % at 0.01, 13.9 % at 0.1. They are all the same.",
    );
  });

  it("is silent about a single value, and about a single combination", () => {
    assertEquals(findings([tested(0.1, 4, [0.1, 0.2])], { diverged: [] }), []);
    const sentences = findings([tested(0.1, 4, [0.1]), tested(0.1, 16, [0.2])], { diverged: [] });
    assertEquals(sentences.length, 2);
    assertEquals(sentences[0]!.includes("by number of hidden units"), true);
    assertEquals(sentences[1], sameLosses);
  });

  it("tells overfitting from the losses", () => {
    const even = [tested(0.1, 4, [0.1], { training: 0.05, validation: 0.1 }), tested(1, 4, [0.1])];
    assertEquals(findings(even, { diverged: [] }).at(-1), sameLosses);
    const odd = [
      tested(0.1, 64, [0.1], { training: 0.0123, validation: 0.3 }),
      tested(0.1, 4, [0.1], { training: 0.05, validation: 0.1 }),
    ];
    assertEquals(
      findings(odd, { diverged: [] }).at(-1),
      "The lowest training loss (0.012) is of learning rate 0.1 with 64 hidden units, whose validation loss is 0.300; the lowest validation loss (0.100) is of learning rate 0.1 with 4 hidden units: fitting the training rows best is not what generalises best.",
    );
  });

  it("names what diverged, and compares where nothing did", () => {
    const diverged = [
      { learningRate: 1, hidden: 16, seed: 3, reason: "Cannot go on" },
      { learningRate: 5, hidden: 4, seed: 0, reason: "Cannot go on either" },
    ];
    // At 16 hidden units there is no rate of 1 to compare with, and the error of 0.9 is left out.
    const sentences = findings([
      tested(0.1, 4, [0.1, 0.1]),
      tested(1, 4, [0.2, 0.2]),
      tested(0.1, 16, [0.9, 0.9]),
    ], { diverged });
    assertEquals(
      sentences[0],
      "Averaged over seeds and hidden units (4), the test error by learning rate was 10.0 % at 0.1, 20.0 % at 1. Between 1 and 0.1 lie 10.0 points, with a standard error of 0.0 points over 2 seeds: more than twice that, so these seeds tell them apart.",
    );
    assertEquals(
      sentences.at(-1),
      "Diverged, and so not to be chosen: learning rate 1 with 16 hidden units; learning rate 5 with 4 hidden units. The first one did with seed 3: Cannot go on.",
    );
  });

  it("is silent about a hyper-parameter that no other value of the other one shares", () => {
    const sentences = findings([tested(0.1, 4, [0.1]), tested(1, 16, [0.2])], { diverged: [] });
    assertEquals(sentences, [sameLosses]);
  });
});

describe("percent()", () => {
  it("has one digit behind the point", () => {
    assertEquals([0, 1, 1 / 30].map(percent), ["0.0 %", "100.0 %", "3.3 %"]);
  });
});
