/**
 * Coefficients of the functions that backends approximate, the highest first: Chebyshev fits to the
 * functions in 40 digits. With float32 arithmetic they are good to one or two units in the last place.
 *
 * @module
 */

/** ln 2 in two parts: the first has so few bits that its product with an exponent is exact. */
export const LN2_HIGH = 0.693359375;
export const LN2_LOW = Math.LN2 - LN2_HIGH;

/** (eʳ − 1 − r) / r² on ±ln 2 / 2. */
export const EXP = [0.0013926926614, 0.00836377387441, 0.0416665501103, 0.166665733819, 0.5];

/** (ln(1 + r) − r + r²/2) / r³ on √½ − 1 … √2 − 1. */
export const LOG = [
  0.0697161147145,
  -0.114797338466,
  0.116854199235,
  -0.124256873315,
  0.142490576457,
  -0.166678023195,
  0.200007157489,
  -0.24999996958,
  0.3333333118,
];

/** (tanh x − x) / x³ in x², for |x| ≤ 0.625. */
export const TANH = [
  -0.00609671416591,
  0.0209971789991,
  -0.0538509095785,
  0.13332769737,
  -0.333333289441,
];

/** erf x / x − 1 in x², for |x| ≤ 0.9. */
export const ERF = [
  -0.000610268703676,
  0.00501448415115,
  -0.0267807191285,
  0.112821940933,
  -0.376125288048,
  0.128379154727,
];

/** erfc x · exp x² / t in t = 1 / (1 + 0.4 x), for x from 0.88 to 10. */
export const ERFC = [
  0.0657643029443,
  -0.241827833051,
  0.262996248555,
  -0.0871305118672,
  0.183375709285,
  0.155498319377,
  0.210233379907,
  0.225432644333,
  0.225685689434,
];

/** (arctan x − x) / x³ in x², for |x| ≤ 1. */
export const ARCTAN = [
  0.0014886919393,
  -0.00914462976059,
  0.0263050011101,
  -0.0489605140271,
  0.0703191425003,
  -0.0893182677738,
  0.110882616287,
  -0.142840037947,
  0.199999493211,
  -0.333333330811,
];
