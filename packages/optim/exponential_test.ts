import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { exponential } from "./exponential.ts";

describe("exponential()", () => {
  it("falls at every step, or with staircase at the end of each stage alone", () => {
    const options = { rate: 8, decay: 0.25, stageSteps: 2 };
    const steps = [0, 1, 2, 3, 4];
    assertEquals(steps.map(exponential(options)), [8, 4, 2, 1, 0.5]);
    assertEquals(steps.map(exponential({ ...options, staircase: true })), [8, 8, 2, 2, 0.5]);
  });

  it("refuses settings outside their range", () => {
    const cases: [name: string, what: string, must: string, values: number[]][] = [
      ["rate", "the rate", "a finite number of at least 0", [NaN, Infinity, -1]],
      ["decay", "decay", "a finite number above 0", [NaN, Infinity, -1, 0]],
      ["stageSteps", "stageSteps", "a finite number above 0", [NaN, Infinity, -1, 0]],
    ];
    for (const [name, what, must, values] of cases) {
      for (const value of values) {
        assertThrows(
          () => exponential({ rate: 1, decay: 0.5, stageSteps: 2, [name]: value }),
          RangeError,
          `Cannot make a schedule as ${what} must be ${must}: found ${value}`,
        );
      }
    }
  });
});
