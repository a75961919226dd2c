import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { constant } from "./constant.ts";

describe("constant()", () => {
  it("is the same at every step", () => {
    assertEquals([0, 1, 1e9].map(constant(0)), [0, 0, 0]);
  });

  it("refuses a rate that is none", () => {
    for (const rate of [NaN, Infinity, -0.1]) {
      assertThrows(
        () => constant(rate),
        RangeError,
        `Cannot make a schedule as the rate must be a finite number of at least 0: found ${rate}`,
      );
    }
  });
});
