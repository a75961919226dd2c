/** How many digits of any decimal number single precision keeps, and one more that it mostly keeps. */
const DIGITS = 7;

/**
 * The decimal number that a number of single precision stands for: 0.1, not 0.10000000149.
 *
 * Whoever wrote 0.1 into a file meant 0.1. A number that no decimal of seven digits is rounded to stays as
 * it is.
 */
export function decimal(float32: number): number {
  for (let digits = 1; digits <= DIGITS; digits++) {
    const short = Number(float32.toPrecision(digits));
    if (Math.fround(short) === float32) return short;
  }
  return float32;
}
