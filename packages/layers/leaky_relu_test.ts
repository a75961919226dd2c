import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { runLayer } from "./_run_layer_test.ts";
import { LeakyRelu } from "./leaky_relu.ts";

describe("LeakyRelu", () => {
  it("is x above 0 and a hundredth of it below, unless given", async () => {
    const { y, dx } = await runLayer(new LeakyRelu(), [[2, 0, -200, Infinity, -Infinity]]);
    assertEquals([...y], [2, 0, -2, Infinity, -Infinity]);
    assertEquals([...dx], [1, 0.01, 0.01, 1, 0.01]);
  });

  it("takes another slope, a negative one too", async () => {
    const { y, dx } = await runLayer(new LeakyRelu({ alpha: -2 }), [[2, -3]]);
    assertEquals([...y], [2, 6]);
    assertEquals([...dx], [1, -2]);
  });

  it("refuses a slope that is not finite", () => {
    for (const alpha of [NaN, Infinity, -Infinity]) {
      assertThrowsExactly(
        () => new LeakyRelu({ alpha }),
        RangeError,
        `Cannot make leaky relu as alpha must be finite: found ${alpha}`,
      );
    }
  });
});
