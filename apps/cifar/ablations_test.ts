import { assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Ablations, summarise } from "./ablations.ts";

const settings = { recipe: "quick", validation: 100 } as const;

describe("summarise()", () => {
  it("compares trainings of the same seed", () => {
    const ablations: Ablations = {
      ...settings,
      accuracies: { nothing: [0.7, 0.8], dirac: [0.69, 0.77], gelu: [0.7, 0.8], flip: [0.6, null] },
    };
    const { whole, seeds, costs, standardError } = summarise(ablations)!;
    assertAlmostEquals(whole, 0.75);
    assertEquals(seeds, 2);
    assertEquals(costs.map(({ part }) => part), ["dirac", "gelu", "flip"]);
    assertAlmostEquals(costs[0]!.accuracy!, 0.73);
    assertAlmostEquals(costs[0]!.points!, 2);
    assertAlmostEquals(costs[1]!.points!, 0);
    assertEquals(costs[2], { part: "flip", accuracy: null, points: null });
    // Differences of 1 and 3, and of 0 and 0: variances 2 and 0, of a mean of two half of it.
    assertAlmostEquals(standardError!, Math.sqrt((2 / 2 + 0) / 2));
  });

  it("leaves out parts whose seeds are not all there, and knows no error of one seed", () => {
    const accuracies = { nothing: [0.5, 0.5], dirac: [0.4] };
    assertEquals(summarise({ ...settings, accuracies })!.costs, []);
    const { costs, standardError } = summarise({
      ...settings,
      accuracies: { nothing: [0.5], dirac: [0.25] },
    })!;
    assertEquals(costs, [{ part: "dirac", accuracy: 0.25, points: 25 }]);
    assertEquals(standardError, null);
  });

  it("has nothing to compare with where the whole was not trained", () => {
    assertEquals(summarise({ ...settings, accuracies: {} }), null);
    assertEquals(summarise({ ...settings, accuracies: { nothing: [null], dirac: [0.4] } }), null);
  });
});
