import { random } from "@gradus/random";
import { ShapeError } from "@gradus/tensor";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "../_assert_throws_exactly_test.ts";
import { moments } from "./_moments_test.ts";
import { sparseInit } from "./sparse.ts";

/** How many numbers of each column of `[inputs, outputs]` are 0. */
function zerosByColumn(values: Float64Array, outputs: number): number[] {
  return Array.from(
    { length: outputs },
    (_, j) => values.filter((value, i) => i % outputs === j && value === 0).length,
  );
}

describe("sparseInit()", () => {
  it("has as many zeros in each column as the sparsity says, rounded up", () => {
    const counts = [[0.9, 20, 18], [0.9, 15, 14], [0.5, 3, 2], [0, 5, 0], [0.25, 4, 1]] as const;
    for (const [sparsity, inputs, zeros] of counts) {
      const values = sparseInit({ sparsity })([inputs, 3], random(0));
      assertEquals(values.length, inputs * 3);
      assertEquals(zerosByColumn(values, 3), [zeros, zeros, zeros]);
    }
  });

  it("leaves each output one input at least", () => {
    assertEquals(zerosByColumn(sparseInit()([4, 2], random(0)), 2), [3, 3]);
    assertEquals(zerosByColumn(sparseInit()([1, 2], random(0)), 2), [0, 0]);
  });

  it("has its zeros in other places in each column", () => {
    const values = sparseInit({ sparsity: 0.5 })([20, 2], random(0));
    const places = [0, 1].map((j) => Array.from({ length: 20 }, (_, i) => values[2 * i + j] === 0));
    assertNotEquals(places[0], places[1]);
  });

  it("draws the rest with its deviation, 0.01 unless given", () => {
    for (
      const [init, deviation] of [
        [sparseInit({ sparsity: 0.5 }), 0.01],
        [sparseInit({ sparsity: 0.5, deviation: 2 }), 2],
      ] as const
    ) {
      const drawn = init([200, 100], random(0)).filter((value) => value !== 0);
      const { mean, variance } = moments(drawn);
      assert(Math.abs(mean) < 5 * deviation / Math.sqrt(10_000));
      assert(Math.abs(variance / deviation ** 2 - 1) < 5 * Math.sqrt(2 / 10_000));
    }
  });

  it("draws the same from the same seed alone", () => {
    const init = sparseInit();
    assertEquals(init([20, 5], random(1)), init([20, 5], random(1)));
    assertNotEquals(init([20, 5], random(1)), init([20, 5], random(2)));
  });

  it("refuses settings out of range, and a weight that has not two axes", () => {
    const cases = [[-0.1, 1], [1, 1], [NaN, 1], [0.5, 0], [0.5, -1], [0.5, NaN], [0.5, Infinity]];
    for (const [sparsity, deviation] of cases as [number, number][]) {
      assertThrowsExactly(
        () => sparseInit({ sparsity, deviation }),
        RangeError,
        `Cannot initialise sparsely as sparsity must be in [0, 1) and deviation above 0: found sparsity ${sparsity} and deviation ${deviation}`,
      );
    }
    assertThrowsExactly(
      () => sparseInit()([3, 3, 2, 2], random(0)),
      ShapeError,
      "Cannot initialise sparsely as a weight must have two axes: found [3, 3, 2, 2]",
    );
  });
});
