import { random } from "@gradus/random";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "../_assert_throws_exactly_test.ts";
import { moments } from "./_moments_test.ts";
import { normalInit, truncatedNormalInit, uniformInit } from "./distribution.ts";

// Of N numbers with deviation σ, the mean has the deviation σ/√N; so five of those hold with a
// probability over 1 − 1e-6, and with a given seed always or never.
const N = 10_000;

describe("uniformInit()", () => {
  it("draws between its bounds, with mean and variance of the middle and of width² / 12", () => {
    const values = uniformInit({ low: 1, high: 3 })([100, 100], random(0));
    assertEquals(values.length, N);
    assert(values.every((value) => value >= 1 && value < 3));
    const { mean, variance } = moments(values);
    assert(Math.abs(mean - 2) < 5 * Math.sqrt(1 / 3 / N));
    // The deviation of (x − mean)² is √(1/5 − 1/9) for a half width of 1.
    assert(Math.abs(variance - 1 / 3) < 5 * Math.sqrt(4 / 45 / N));
  });

  it("draws within 0.05 unless told otherwise", () => {
    const values = uniformInit()([N], random(0));
    assert(values.every((value) => value >= -0.05 && value < 0.05));
    assert(Math.min(...values) < -0.049 && Math.max(...values) > 0.049);
  });

  it("refuses bounds that are not in order, or not finite", () => {
    for (const [low, high] of [[1, 1], [2, 1], [NaN, 1], [0, Infinity], [-Infinity, 0]] as const) {
      assertThrowsExactly(
        () => uniformInit({ low, high }),
        RangeError,
        `Cannot initialise uniformly as low must be below high, both finite: found low ${low} and high ${high}`,
      );
    }
  });
});

describe("normalInit()", () => {
  it("draws with its mean and deviation, some numbers beyond two deviations", () => {
    const values = normalInit({ mean: 3, deviation: 2 })([N], random(0));
    const { mean, variance } = moments(values);
    assert(Math.abs(mean - 3) < 5 * 2 / Math.sqrt(N));
    assert(Math.abs(variance - 4) < 5 * 4 * Math.sqrt(2 / N));
    // 4.55 % lie beyond two deviations.
    const beyond = values.filter((value) => Math.abs(value - 3) > 4).length;
    assert(Math.abs(beyond - 0.0455 * N) < 5 * Math.sqrt(0.0455 * N), `${beyond}`);
  });

  it("draws with mean 0 and deviation 0.05 unless told otherwise", () => {
    const { mean, variance } = moments(normalInit()([N], random(0)));
    assert(Math.abs(mean) < 5 * 0.05 / Math.sqrt(N));
    assert(Math.abs(variance - 0.0025) < 5 * 0.0025 * Math.sqrt(2 / N));
  });

  it("draws the mean alone at a deviation of 0", () => {
    assertEquals(normalInit({ mean: 3, deviation: 0 })([2], random(0)), new Float64Array([3, 3]));
  });
});

describe("truncatedNormalInit()", () => {
  it("draws within two deviations, with the variance that is left", () => {
    const values = truncatedNormalInit({ mean: 1, deviation: 2 })([N], random(0));
    assert(values.every((value) => Math.abs(value - 1) <= 4));
    const { mean, variance } = moments(values);
    assert(Math.abs(mean - 1) < 5 * 2 / Math.sqrt(N));
    // 1 − 4 φ(2) / (2 Φ(2) − 1) of the whole; a square of at most 4 has a deviation of at most 2.
    assert(Math.abs(variance / 4 - 0.7737413) < 5 * 2 / Math.sqrt(N));
    assertEquals(
      truncatedNormalInit()([N], random(0)).every((value) => Math.abs(value) <= 0.1),
      true,
    );
  });
});

describe("every distribution", () => {
  for (const init of [uniformInit(), normalInit(), truncatedNormalInit()]) {
    it("draws the same from the same seed alone", () => {
      assertEquals(init([20], random(1)), init([20], random(1)));
      assertNotEquals(init([20], random(1)), init([20], random(2)));
    });
  }

  it("refuses a mean or deviation that makes no distribution", () => {
    const cases = [[NaN, 1], [Infinity, 1], [0, -1], [0, NaN], [0, Infinity]] as const;
    for (const [mean, deviation] of cases) {
      for (const init of [normalInit, truncatedNormalInit]) {
        assertThrowsExactly(
          () => init({ mean, deviation }),
          RangeError,
          `Cannot initialise normally as mean must be finite and deviation at least 0: found mean ${mean} and deviation ${deviation}`,
        );
      }
    }
  });
});
