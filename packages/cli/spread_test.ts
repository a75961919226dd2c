import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { spreadOf } from "./spread.ts";

describe("spreadOf()", () => {
  it("has the mean and the deviation with n - 1", () => {
    assertEquals(spreadOf([1, 2, 3, 6]), {
      mean: 3,
      deviation: Math.sqrt(14 / 3),
      values: [1, 2, 3, 6],
    });
  });

  it("has no deviation of one value", () => {
    assertEquals(spreadOf([0.25]), { mean: 0.25, deviation: 0, values: [0.25] });
  });
});
