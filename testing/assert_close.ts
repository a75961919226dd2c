import { assert, assertEquals } from "@std/assert";

/** Asserts that numbers differ by `tolerance · max(1, |expected|)` at most; NaN is NaN, and ∞ is ∞. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  assertEquals(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!];
    // For an infinite number on one side alone, the quotient is infinite or NaN.
    const error = Math.abs(a - e) / Math.max(1, Math.abs(e));
    assert(Object.is(a, e) || error <= tolerance, `${a} at ${i} is not ${e}`);
  }
}
