/**
 * The shortest decimal number that a number of single precision stands for: 0.1, not 0.10000000149.
 *
 * Whoever wrote 0.1 into a file meant 0.1. It differs from the file's number by less than single
 * precision tells.
 */
export function decimal(float32: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(float32.toPrecision(digits));
    if (Math.fround(short) === float32) return short;
  }
  return float32;
}
