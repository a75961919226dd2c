import { random } from "@gradus/random";
import { ShapeError } from "@gradus/tensor";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "../_assert_throws_exactly_test.ts";
import { normalInit } from "./distribution.ts";
import { diracInit, identityInit } from "./identity.ts";

describe("identityInit()", () => {
  it("has ones on the diagonal, of any rectangle", () => {
    const init = identityInit();
    assertEquals([...init([2, 2], random(0))], [1, 0, 0, 1]);
    assertEquals([...init([3, 2], random(0))], [1, 0, 0, 1, 0, 0]);
    assertEquals([...init([1, 3], random(0))], [1, 0, 0]);
  });

  it("refuses a weight that has not two axes", () => {
    for (const [shape, found] of [[[3], "[3]"], [[3, 3, 2, 2], "[3, 3, 2, 2]"]] as const) {
      assertThrowsExactly(
        () => identityInit()(shape, random(0)),
        ShapeError,
        `Cannot initialise as identity as a weight must have two axes: found ${found}`,
      );
    }
  });
});

describe("diracInit()", () => {
  it("has a one from each input channel to the same output channel at the centre", () => {
    const kernel = diracInit()([3, 3, 2, 3], random(0));
    const ones = [...kernel.keys()].filter((i) => kernel[i] === 1);
    // The tap [1, 1] is the fifth of nine, each of 2 · 3 numbers.
    assertEquals(ones, [4 * 6 + 0 * 3 + 0, 4 * 6 + 1 * 3 + 1]);
    assertEquals(kernel.filter((value) => value === 0).length, 52);
  });

  it("takes the first of two centres, where padding same begins", () => {
    assertEquals([...diracInit()([2, 1, 1, 1], random(0))], [1, 0]);
    assertEquals([...diracInit()([1, 4, 1, 1], random(0))], [0, 1, 0, 0]);
  });

  it("has fewer outputs than inputs", () => {
    assertEquals([...diracInit()([1, 1, 3, 2], random(0))], [1, 0, 0, 1, 0, 0]);
  });

  it("starts outputs beyond the inputs from the rest", () => {
    const rest = normalInit();
    const values = rest([1, 2, 1, 3], random(7));
    assertEquals(
      [...diracInit({ rest })([1, 2, 1, 3], random(7))],
      [1, values[1], values[2], 0, values[4], values[5]],
    );
  });

  it("refuses a weight that has not four axes", () => {
    assertThrowsExactly(
      () => diracInit()([3, 3], random(0)),
      ShapeError,
      "Cannot initialise as dirac as a kernel must have four axes: found [3, 3]",
    );
  });
});
