import type { Random } from "@gradus/random";

/**
 * Draws a number from 0 to 1 of the distribution Beta(alpha, alpha), as g / (g + h) of two numbers
 * of the distribution Gamma(alpha).
 *
 * The logarithms of g and h keep the ratio finite where alpha is so small that both underflow.
 */
export function drawBeta(alpha: number, random: Random): number {
  return 1 / (1 + Math.exp(logGamma(alpha, random) - logGamma(alpha, random)));
}

/**
 * Draws the logarithm of a number of the distribution Gamma(alpha).
 *
 * Source: G. Marsaglia and W. Tsang, "A simple method for generating gamma variables", ACM
 * Transactions on Mathematical Software 26 (2000); for alpha < 1 its section 6.
 */
function logGamma(alpha: number, random: Random): number {
  if (alpha < 1) return logGamma(alpha + 1, random) + Math.log(1 - random.uniform()) / alpha;
  const d = alpha - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  while (true) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    const logU = Math.log(1 - random.uniform());
    if (v > 0 && logU < x * x / 2 + d * (1 - v + Math.log(v))) return Math.log(d * v);
  }
}
