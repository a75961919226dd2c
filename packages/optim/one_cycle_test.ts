import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import { oneCycle } from "./one_cycle.ts";

describe("oneCycle()", () => {
  it("begins at the peak where the share leaves no step to rise", () => {
    for (const warmupShare of [0, 0.1, 0.2]) {
      const rate = oneCycle({ peak: 4, steps: 5, finalFactor: 0, warmupShare });
      assertEquals([0, 1, 2, 3, 4].map(rate), [4, 3, 2, 1, 0]);
    }
  });

  it("stays at the last rate after the last step, which one step alone has at once", () => {
    assertEquals([9, 10, 1000].map(oneCycle({ peak: 1, steps: 10, finalFactor: 0.5 })), [
      0.5,
      0.5,
      0.5,
    ]);
    assertEquals([0, 1].map(oneCycle({ peak: 1, steps: 1, finalFactor: 0.5 })), [0.5, 0.5]);
  });

  it("lies between its ends at each step, whatever the settings", () => {
    fc.assert(fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.constantFrom("linear" as const, "cosine" as const),
      (steps, warmupShare, anneal) => {
        const rate = oneCycle({ peak: 1, steps, warmupShare, anneal });
        for (let step = 0; step <= steps; step++) {
          const value = rate(step);
          assert(value >= 4e-6 - 1e-15 && value <= 1 + 1e-15, `found ${value} at ${step}`);
        }
      },
    ));
  });

  it("refuses settings outside their range", () => {
    const cases: [name: string, what: string, must: string, values: number[]][] = [
      ["peak", "peak", "a finite number above 0", [NaN, Infinity, -1, 0]],
      ["steps", "steps", "a whole number of at least 1", [NaN, Infinity, 0, 1.5]],
      ["startFactor", "startFactor", "a finite number of at least 0", [NaN, Infinity, -1]],
      ["finalFactor", "finalFactor", "a finite number of at least 0", [NaN, Infinity, -1]],
      ["warmupShare", "warmupShare", "in [0, 1)", [NaN, -0.1, 1]],
    ];
    for (const [name, what, must, values] of cases) {
      for (const value of values) {
        assertThrows(
          () => oneCycle({ peak: 1, steps: 10, [name]: value }),
          RangeError,
          `Cannot make a schedule as ${what} must be ${must}: found ${value}`,
        );
      }
    }
  });

  it("refuses another anneal", () => {
    assertThrows(
      () => oneCycle({ peak: 1, steps: 10, anneal: "cos" as "cosine" }),
      RangeError,
      "Cannot make a schedule as anneal must be linear or cosine: found cos",
    );
    assertThrows(
      () => oneCycle({ peak: 1, steps: 10, anneal: { toString: 1 } as unknown as "cosine" }),
      RangeError,
      'Cannot make a schedule as anneal must be linear or cosine: found {"toString":1}',
    );
  });
});
