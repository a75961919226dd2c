import { random } from "@gradus/random";
import { type Shape, ShapeError } from "@gradus/tensor";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "../_assert_throws_exactly_test.ts";
import { moments } from "./_moments_test.ts";
import {
  type FanScaledOptions,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  xavierNormal,
  xavierUniform,
} from "./fan_scaled.ts";
import type { Initializer } from "./initializer.ts";

/** How each initialiser spreads, by the fans: its variance is `gain² / spread`. */
const rows: Record<string, {
  readonly init: (options?: FanScaledOptions) => Initializer;
  readonly isUniform: boolean;
  readonly gain: number;
  readonly spread: (fanIn: number, fanOut: number) => number;
}> = {
  xavierUniform: { init: xavierUniform, isUniform: true, gain: 1, spread: (i, o) => (i + o) / 2 },
  xavierNormal: { init: xavierNormal, isUniform: false, gain: 1, spread: (i, o) => (i + o) / 2 },
  heUniform: { init: heUniform, isUniform: true, gain: Math.SQRT2, spread: (i) => i },
  heNormal: { init: heNormal, isUniform: false, gain: Math.SQRT2, spread: (i) => i },
  lecunUniform: { init: lecunUniform, isUniform: true, gain: 1, spread: (i) => i },
  lecunNormal: { init: lecunNormal, isUniform: false, gain: 1, spread: (i) => i },
};

/** A dense weight and a kernel of about 10,000 numbers, with their fans. */
const weights: readonly (readonly [shape: Shape, fanIn: number, fanOut: number])[] = [
  [[50, 200], 50, 200],
  [[3, 5, 20, 40], 3 * 5 * 20, 3 * 5 * 40],
];

for (const [name, { init, isUniform, gain, spread }] of Object.entries(rows)) {
  describe(`${name}()`, () => {
    it("spreads by the fans of dense weights and of kernels, times the gain", () => {
      for (const [shape, fanIn, fanOut] of weights) {
        const cases = [
          [init(), gain],
          [init({ gain: 3 }), 3],
          [init({ gain: "tanh" }), 5 / 3],
          [init({ gain: "relu" }), Math.SQRT2],
        ] as const;
        for (const [initializer, factor] of cases) {
          const values = initializer(shape, random(0));
          const count = shape.reduce((product, length) => product * length, 1);
          assertEquals(values.length, count);
          const expected = factor ** 2 / spread(fanIn, fanOut);
          const { mean, variance } = moments(values);
          // Five deviations of the mean and of the variance of `count` numbers; see distribution_test.ts.
          assert(Math.abs(mean) < 5 * Math.sqrt(expected / count));
          const kurtosis = isUniform ? 9 / 5 : 3;
          assert(Math.abs(variance / expected - 1) < 5 * Math.sqrt((kurtosis - 1) / count));
          const most = Math.max(...values.map(Math.abs)) / Math.sqrt(expected);
          assert(isUniform ? most <= Math.sqrt(3) && most > 1.72 : most > 3, `${most}`);
        }
      }
    });

    it("draws the same from the same seed alone", () => {
      assertEquals(init()([4, 5], random(1)), init()([4, 5], random(1)));
      assertNotEquals(init()([4, 5], random(1)), init()([4, 5], random(2)));
    });

    it("refuses a gain that is not above 0, and a weight without fans", () => {
      for (const gain of [0, -1, NaN, Infinity]) {
        assertThrowsExactly(
          () => init({ gain }),
          RangeError,
          `Cannot initialise with a gain as it must be above 0: found ${gain}`,
        );
      }
      assertThrowsExactly(
        () => init()([5], random(0)),
        ShapeError,
        "Cannot tell the fans of a weight as it must have at least two axes: found [5]",
      );
    });
  });
}
