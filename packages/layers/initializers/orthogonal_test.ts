import { random } from "@gradus/random";
import { type Shape, ShapeError, sizeOf } from "@gradus/tensor";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "../_assert_throws_exactly_test.ts";
import { orthogonalInit } from "./orthogonal.ts";

/** The largest distance of `AᵀA` (of `AAᵀ`, where there are more columns) from `scale · I`. */
function distanceFromOrthogonal(values: Float64Array, shape: Shape, scale: number): number {
  const columns = shape.at(-1)!;
  const rows = sizeOf(shape) / columns;
  const isTall = rows >= columns;
  const at = (vector: number, i: number) =>
    values[isTall ? i * columns + vector : vector * columns + i]!;
  let worst = 0;
  for (let a = 0; a < Math.min(rows, columns); a++) {
    for (let b = 0; b <= a; b++) {
      let product = 0;
      for (let i = 0; i < Math.max(rows, columns); i++) product += at(a, i) * at(b, i);
      worst = Math.max(worst, Math.abs(product - (a === b ? scale : 0)));
    }
  }
  return worst;
}

describe("orthogonalInit()", () => {
  it("has orthonormal columns, or rows where there are more columns, of weights and kernels", () => {
    for (const shape of [[7, 7], [20, 5], [5, 20], [1, 1], [1, 4], [3, 3, 4, 8], [1, 1, 2, 9]]) {
      const values = orthogonalInit()(shape, random(0));
      assertEquals(values.length, sizeOf(shape));
      assert(distanceFromOrthogonal(values, shape, 1) < 1e-12);
    }
  });

  it("has orthogonal columns of draws that are nearly parallel, too", () => {
    const stream = random(0);
    const parallel = { ...stream, normal: () => 1 + 1e-9 * stream.normal() };
    const values = orthogonalInit()([9, 4], parallel);
    assert(distanceFromOrthogonal(values, [9, 4], 1) < 1e-12);
  });

  it("is scaled by the gain", () => {
    const values = orthogonalInit({ gain: 3 })([6, 4], random(0));
    assert(distanceFromOrthogonal(values, [6, 4], 9) < 1e-12);
  });

  it("draws the same from the same seed alone", () => {
    const init = orthogonalInit();
    assertEquals(init([4, 5], random(1)), init([4, 5], random(1)));
    assertNotEquals(init([4, 5], random(1)), init([4, 5], random(2)));
  });

  it("refuses a gain that is not above 0, and a weight of fewer than two axes", () => {
    for (const gain of [0, -1, NaN, Infinity]) {
      assertThrowsExactly(
        () => orthogonalInit({ gain }),
        RangeError,
        `Cannot initialise with a gain as it must be above 0: found ${gain}`,
      );
    }
    assertThrowsExactly(
      () => orthogonalInit()([5], random(0)),
      ShapeError,
      "Cannot initialise as orthogonal as a weight must have at least two axes: found [5]",
    );
  });
});
