import { ShapeError } from "@gradus/tensor";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "../_assert_throws_exactly_test.ts";
import { fansOf } from "./fans.ts";

describe("fansOf()", () => {
  it("is in and out of a dense weight", () => {
    assertEquals(fansOf([784, 10]), { fanIn: 784, fanOut: 10 });
  });

  it("is height · width · in of a kernel, not of other axes", () => {
    assertEquals(fansOf([3, 5, 7, 11]), { fanIn: 3 * 5 * 7, fanOut: 3 * 5 * 11 });
    assertEquals(fansOf([3, 3, 1, 32]), { fanIn: 9, fanOut: 288 });
  });

  it("refuses a weight of fewer than two axes", () => {
    for (const [shape, found] of [[[], "[]"], [[3], "[3]"]] as const) {
      assertThrowsExactly(
        () => fansOf(shape),
        ShapeError,
        `Cannot tell the fans of a weight as it must have at least two axes: found ${found}`,
      );
    }
  });
});
