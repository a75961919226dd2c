import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { runLayer } from "./_run_layer_test.ts";
import { Scale } from "./scale.ts";

describe("Scale", () => {
  it("multiplies inputs and gradients by its factor", async () => {
    const { y, dx } = await runLayer(new Scale(1 / 9), [[9, -18]], [[1, 27]]);
    assertEquals([...y], [1, -2]);
    assertEquals([...dx], [1 / 9, 3]);
  });

  it("refuses a factor that is not finite", () => {
    for (const factor of [NaN, Infinity, -Infinity]) {
      assertThrowsExactly(
        () => new Scale(factor),
        RangeError,
        `Cannot make scale as the factor must be finite: found ${factor}`,
      );
    }
  });
});
