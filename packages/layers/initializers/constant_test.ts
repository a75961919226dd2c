import { random } from "@gradus/random";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "../_assert_throws_exactly_test.ts";
import { constantInit, onesInit, zerosInit } from "./constant.ts";

describe("constantInit()", () => {
  it("fills any shape, and draws nothing", () => {
    const stream = random(0);
    assertEquals(constantInit(-0.5)([2, 1, 2], stream), new Float64Array(4).fill(-0.5));
    assertEquals(constantInit(3)([], stream), new Float64Array([3]));
    assertEquals(zerosInit()([3], stream), new Float64Array(3));
    assertEquals(onesInit()([3], stream), new Float64Array(3).fill(1));
    assertEquals(stream.save(), random(0).save());
  });

  it("refuses what is not finite", () => {
    for (const value of [NaN, Infinity, -Infinity]) {
      assertThrowsExactly(
        () => constantInit(value),
        RangeError,
        `Cannot initialise with a constant as it must be finite: found ${value}`,
      );
    }
  });
});
