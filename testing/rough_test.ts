import { random } from "@gradus/random";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Rough } from "./rough.ts";

const U = 2 ** -24;
const rough = (value: number) => new Rough(value, { u: U });

/** Asserts that float32 arithmetic, rounded after each step, is as far off as the bound says at most. */
function assertBounds(
  formula: (a: Rough, b: Rough) => Rough,
  rounded: (a: number, b: number) => number,
): void {
  const stream = random(1);
  for (let i = 0; i < 1000; i++) {
    const [a, b] = [stream.uniform(0.1, 4), stream.uniform(0.1, 4)].map(Math.fround) as [
      number,
      number,
    ];
    const { value, error } = formula(rough(a), rough(b));
    const found = rounded(a, b);
    assert(Math.abs(found - value) <= error, `${found} instead of ${value} ± ${error}`);
    assert(error < 1e-4 * Math.max(1, Math.abs(value)), `a bound of ${error} says nothing`);
  }
}

describe("Rough", () => {
  const r = Math.fround;
  it("bounds what float32 gives", () => {
    assertBounds((a, b) => a.plus(b), (a, b) => r(a + b));
    assertBounds((a, b) => a.minus(b).times(a), (a, b) => r(r(a - b) * a));
    assertBounds((a, b) => a.times(b).minus(a.over(b)), (a, b) => r(r(a * b) - r(a / b)));
    assertBounds((a, b) => a.squareRoot().over(b.plus(1)), (a, b) => r(r(Math.sqrt(a)) / r(b + 1)));
    assertBounds((a, b) => a.minus(b).exponential(), (a, b) => r(Math.exp(r(a - b))));
    assertBounds((a, b) => a.plus(b).logarithm(), (a, b) => r(Math.log(r(a + b))));
    assertBounds(
      (a, b) => Rough.sum([a, b, a.negative(), a.times(b).absolute()]),
      (a, b) => r(r(r(a + b) - a) + r(a * b)),
    );
  });
  it("knows that a number may be rounded before it is used", () => {
    assertBounds((a) => a.times(0.1).plus(0.3), (a) => r(r(a * r(0.1)) + r(0.3)));
    assert(rough(1).times(0.1).error > rough(1).times(0.125).error);
  });
  it("has no error where nothing was computed", () => {
    assertEquals([rough(2).error, rough(2).negative().error, rough(2).exactly(3).error], [0, 0, 0]);
    assertEquals(rough(2).exactly(3).value, 3);
  });
});
