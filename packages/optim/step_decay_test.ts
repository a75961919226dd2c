import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { stepDecay } from "./step_decay.ts";

describe("stepDecay()", () => {
  it("falls after every so many steps", () => {
    const rate = stepDecay({ rate: 1, factor: 0.5, every: 3 });
    assertEquals([0, 2, 3, 5, 6].map(rate), [1, 1, 0.5, 0.5, 0.25]);
  });

  it("keeps its own copy of the milestones", () => {
    const milestones = [2];
    const rate = stepDecay({ rate: 1, factor: 0.5, milestones });
    milestones[0] = 0;
    assertEquals([0, 1, 2].map(rate), [1, 1, 0.5]);
  });

  it("stays at the rate without milestones", () => {
    assertEquals(stepDecay({ rate: 1, milestones: [] })(1000), 1);
  });

  it("refuses settings outside their range", () => {
    const cases: [name: string, what: string, must: string, values: number[]][] = [
      ["rate", "the rate", "a finite number of at least 0", [NaN, Infinity, -1]],
      ["factor", "factor", "a finite number above 0", [NaN, Infinity, -1, 0]],
      ["every", "every", "a whole number of at least 1", [NaN, Infinity, 0, 1.5]],
    ];
    for (const [name, what, must, values] of cases) {
      for (const value of values) {
        assertThrows(
          () => stepDecay({ rate: 1, every: 2, [name]: value }),
          RangeError,
          `Cannot make a schedule as ${what} must be ${must}: found ${value}`,
        );
      }
    }
  });

  it("refuses milestones that are no steps, or do not ascend", () => {
    for (const milestone of [0, 1.5, NaN]) {
      assertThrows(
        () => stepDecay({ rate: 1, milestones: [milestone] }),
        RangeError,
        `Cannot make a schedule as each milestone must be a whole number of at least 1: found ${milestone}`,
      );
    }
    assertThrows(
      () => stepDecay({ rate: 1, milestones: [1, 5, 5] }),
      RangeError,
      "Cannot make a schedule as milestones must ascend: found 5 after 5",
    );
  });

  it("refuses both ways at once, and none", () => {
    assertThrows(
      () => stepDecay({ rate: 1, milestones: [1], every: 1 }),
      TypeError,
      "Cannot make a schedule as either milestones or every must be given: found both",
    );
    assertThrows(
      () => stepDecay({ rate: 1 }),
      TypeError,
      "Cannot make a schedule as either milestones or every must be given: found neither",
    );
  });
});
