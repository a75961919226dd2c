import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { polynomial } from "./polynomial.ts";

describe("polynomial()", () => {
  it("is a straight line unless told otherwise", () => {
    assertEquals([0, 1, 2, 3, 4, 9].map(polynomial({ rate: 4, steps: 4 })), [4, 3, 2, 1, 0, 0]);
  });

  it("may rise", () => {
    assertEquals([0, 1, 2].map(polynomial({ rate: 0, steps: 2, final: 1 })), [0, 0.5, 1]);
  });

  it("refuses settings outside their range", () => {
    const cases: [name: string, what: string, must: string, values: number[]][] = [
      ["rate", "the rate", "a finite number of at least 0", [NaN, Infinity, -1]],
      ["steps", "steps", "a whole number of at least 1", [NaN, Infinity, 0, 1.5]],
      ["power", "power", "a finite number above 0", [NaN, Infinity, -1, 0]],
      ["final", "the final rate", "a finite number of at least 0", [NaN, Infinity, -1]],
    ];
    for (const [name, what, must, values] of cases) {
      for (const value of values) {
        assertThrows(
          () => polynomial({ rate: 1, steps: 2, [name]: value }),
          RangeError,
          `Cannot make a schedule as ${what} must be ${must}: found ${value}`,
        );
      }
    }
  });
});
