import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { cosine } from "./cosine.ts";

describe("cosine()", () => {
  it("falls to 0, slowly at both ends, and stays there", () => {
    const rate = cosine({ rate: 2, steps: 3 });
    assertAlmostEquals(rate(1), 1.5, 1e-15);
    assertAlmostEquals(rate(2), 0.5, 1e-15);
    assertEquals([0, 3, 4].map(rate), [2, 0, 0]);
  });

  it("refuses settings outside their range", () => {
    const cases: [name: string, what: string, must: string, values: number[]][] = [
      ["rate", "the rate", "a finite number of at least 0", [NaN, Infinity, -1]],
      ["steps", "steps", "a whole number of at least 1", [NaN, Infinity, 0, 1.5]],
      ["final", "the final rate", "a finite number of at least 0", [NaN, Infinity, -1]],
    ];
    for (const [name, what, must, values] of cases) {
      for (const value of values) {
        assertThrows(
          () => cosine({ rate: 1, steps: 2, [name]: value }),
          RangeError,
          `Cannot make a schedule as ${what} must be ${must}: found ${value}`,
        );
      }
    }
  });
});
