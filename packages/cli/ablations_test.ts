import { assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Ablations, summarizeAblations } from "./ablations.ts";

function summarize(measured: Pick<Ablations, "whole" | "without">) {
  return summarizeAblations({ command: "ablate", validation: 100, ...measured });
}

describe("summarizeAblations()", () => {
  it("compares trainings of the same seed", () => {
    const { whole, seeds, costs, standardError } = summarize({
      whole: [0.7, 0.8],
      without: { dirac: [0.69, 0.77], gelu: [0.7, 0.8], flip: [0.6, null] },
    })!;
    assertAlmostEquals(whole, 0.75);
    assertEquals(seeds, 2);
    assertEquals([...costs.keys()], ["dirac", "gelu", "flip"]);
    assertAlmostEquals(costs.get("dirac")!.accuracy!, 0.73);
    assertAlmostEquals(costs.get("dirac")!.points!, 2);
    assertAlmostEquals(costs.get("gelu")!.points!, 0);
    assertEquals(costs.get("flip"), { accuracy: null, points: null });
    // Differences of 1 and 3, and of 0 and 0: variances 2 and 0, of a mean of two half of it.
    assertAlmostEquals(standardError!, Math.sqrt((2 / 2 + 0) / 2));
  });

  it("leaves out parts whose seeds are not all there, and knows no error of one seed", () => {
    const { costs, standardError } = summarize({ whole: [0.5, 0.5], without: { dirac: [0.4] } })!;
    assertEquals([costs.size, standardError], [0, null]);
    const single = summarize({ whole: [0.5], without: { dirac: [0.25] } })!;
    assertEquals(single.costs.get("dirac"), { accuracy: 0.25, points: 25 });
    assertEquals(single.standardError, null);
  });

  it("has nothing to compare with where the whole was not trained, or diverged", () => {
    assertEquals(summarize({ whole: [], without: {} }), null);
    assertEquals(summarize({ whole: [null], without: { dirac: [0.4] } }), null);
  });
});
