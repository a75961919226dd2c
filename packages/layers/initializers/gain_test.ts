import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "../_assert_throws_exactly_test.ts";
import { gainOf } from "./gain.ts";

describe("gainOf()", () => {
  it("is √2 for relu, 5/3 for tanh and 1 otherwise", () => {
    assertEquals(
      (["relu", "tanh", "linear", "sigmoid"] as const).map(gainOf),
      [Math.SQRT2, 5 / 3, 1, 1],
    );
  });

  it("refuses other activations", () => {
    assertThrowsExactly(
      () => gainOf(JSON.parse('"gelu"')),
      RangeError,
      "Cannot tell the gain as what follows must be linear, sigmoid, tanh or relu: found gelu",
    );
  });
});
