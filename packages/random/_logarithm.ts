/**
 * The natural logarithm of `x`, in (0, 1], within three units in the last place, and the same to
 * the bit wherever IEEE 754 holds.
 *
 * `Math.log` is left to each engine, and they differ in the last bit. This one needs no more than
 * + − × ÷: with x = m · 2^−k and m in [√½, √2),
 *
 *     ln x = ln m − k · ln 2,   ln m = 2 · (t + t³/3 + t⁵/5 + …),   t = (m − 1) / (m + 1).
 *
 * As |t| < 0.1716, the terms after t²¹/21 are together below 10⁻¹⁸ of the sum.
 */
export function logarithm(x: number): number {
  let m = x;
  let k = 0;
  for (; m < Math.SQRT1_2; k++) m *= 2;
  const t = (m - 1) / (m + 1);
  let series = 0;
  for (let power = 21; power >= 1; power -= 2) series = series * t * t + 1 / power;
  return 2 * t * series - k * Math.LN2;
}
