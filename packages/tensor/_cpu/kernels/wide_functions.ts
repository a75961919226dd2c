/**
 * Functions of four float32 numbers that are computed in float64, two numbers at once, as float32 would lose
 * too much on the way: what is rounded at the end is off by hardly more than half a unit in the last place.
 *
 * @module
 */

import type { FunctionBuilder, Local } from "../assembler.ts";
import { f32x4, f64x2, i32, i32x4, v128, type Value } from "../instructions.ts";
import { PIECE_BITS, pieceOfTwoOverPi } from "./two_over_pi.ts";
import { demoted, promoted } from "./vectors.ts";

type Vector = Value<"v128">;
type Variable = Local<"v128">;

// Chebyshev fits to the functions in 50 digits.

// sin(π/2 · v) / v in v², for |v| ≤ ½.
const SIN = [
  0.0001582054153418526,
  -0.0046812658679996281,
  0.07969258267354878,
  -0.64596409614462427,
  1.5707963267880863,
];
// cos(π/2 · v) in v², for |v| ≤ ½.
const COS = [
  0.00090362186092601977,
  -0.020860066784380461,
  0.25366920329122512,
  -1.2337005406179924,
  0.99999999995239454,
];
// log₂ m / s in s², with s = (m − 1) / (m + 1), for m from √½ to √2.
const LOG2 = [
  0.28288718263073564,
  0.3199066608891474,
  0.41220922733052444,
  0.5770779426302618,
  0.96179669411235945,
  2.8853900817778506,
];
// 2ˣ, for |x| ≤ ½.
const EXP2 = [
  1.5303721130801365e-5,
  0.00015469755744925822,
  0.0013333478409865399,
  0.0096180255303982081,
  0.055504109063737373,
  0.24022651214120054,
  0.69314718055682743,
  0.99999999995949696,
];

const SIGN = -(2 ** 31);

/** The upper word of √½ in float64. */
const ROOT_HALF = 0x3fe6a09e;

/**
 * Sine or cosine. With x = π/2 · (n + v) it is ± the sine or the cosine of π/2 · v, by n modulo 4.
 *
 * @param options `pieces`: address of the pieces of 2 / π.
 */
export function sinOrCos(
  f: FunctionBuilder,
  x: Variable,
  { isCos, pieces }: { isCos: boolean; pieces: Value<"i32"> },
): Vector {
  const size = f.let(f32x4.abs(x));
  const [lowFactors, highFactors] = piecesFor(f, size, pieces);
  const [lowHalf, highHalf] = promoted(f, size);
  const low = reduce(f, f.let(lowHalf), lowFactors);
  const high = reduce(f, f.let(highHalf), highFactors);
  const whole = v128.shuffle(
    i32x4.truncSatWide(low.whole),
    i32x4.truncSatWide(high.whole),
    [0, 1, 4, 5],
  );
  // cos x = sin(x + π/2).
  const n = f.let(isCos ? i32x4.add(whole, 1) : whole);
  const sine = ({ rest, square }: QuarterTurns) => f64x2.mul(rest, polynomial(f, square, SIN));
  const cosine = ({ square }: QuarterTurns) => polynomial(f, square, COS);
  const isOdd = i32x4.ne(v128.and(n, i32x4.constant(1)), 0);
  const value = v128.select(
    isOdd,
    demoted(cosine(low), cosine(high)),
    demoted(sine(low), sine(high)),
  );
  const turned = i32x4.shl(v128.and(n, i32x4.constant(2)), 30);
  const result = v128.xor(value, turned);
  return isCos ? result : v128.xor(result, v128.and(x, i32x4.constant(SIGN)));
}

/** A number in quarters of a turn: whole ones, and the rest of half a one at most, with its square. */
interface QuarterTurns {
  readonly whole: Variable;
  readonly rest: Variable;
  readonly square: Variable;
}

/** The four pieces of 2 / π that a pair of numbers is multiplied by. */
type Factors = readonly [Variable, Variable, Variable, Variable];

/** For both pairs; numbers below 2²⁶ take the first pieces, larger ones leave out what makes whole turns. */
function piecesFor(
  f: FunctionBuilder,
  size: Variable,
  pieces: Value<"i32">,
): readonly [Factors, Factors] {
  const pair = () => [0, 1, 2, 3].map(() => f.local("v128")) as unknown as Factors;
  const factors = [pair(), pair()] as const;
  const isSmall = i32.eqz(i32x4.bitmask(i32x4.ltU(i32x4.constant(0x4c7fffff), size)));
  f.if(isSmall, () => {
    for (const pair of factors) {
      pair.forEach((factor, at) =>
        f.set(factor, f64x2.constant(pieceOfTwoOverPi(PIECE_BITS * at)))
      );
    }
  }, () => {
    const exponent = i32x4.sub(i32x4.shrU(size, 23), 127 + 25);
    const first = f.let(i32x4.shl(i32x4.maxS(exponent, 0), 3));
    factors.forEach((pair, half) => {
      const [one, other] = [2 * half, 2 * half + 1].map((lane) =>
        f.let(i32.add(pieces, i32x4.lane(first, lane)))
      );
      pair.forEach((factor, at) => {
        const offset = 8 * PIECE_BITS * at;
        const low = v128.load64Zero(one!, offset);
        f.set(factor, v128.load64Lane(other!, low, { lane: 1, offset }));
      });
    });
  });
  return factors;
}

/** x · 2 / π: each product is exact, and so are the sums until little is left. */
function reduce(f: FunctionBuilder, x: Variable, [a, b, c, d]: Factors): QuarterTurns {
  const [first, second] = [f.let(f64x2.mul(x, a)), f.let(f64x2.mul(x, b))];
  const whole = f.let(f64x2.nearest(f64x2.add(first, second)));
  const rest = f.let(
    f64x2.add(
      f64x2.add(f64x2.sub(first, whole), second),
      f64x2.add(f64x2.mul(x, c), f64x2.mul(x, d)),
    ),
  );
  return { whole, rest, square: f.let(f64x2.mul(rest, rest)) };
}

/** `aᵇ = 2^(b · log₂ |a|)`, and what IEEE 754 says of signs, zeros, infinities and NaN. */
export function power(f: FunctionBuilder, a: Variable, b: Variable): Vector {
  const size = f.let(f32x4.abs(a));
  const exponents = promoted(f, b).map((half) => f.let(half));
  const [low, high] = promoted(f, size).map((half, at) =>
    exp2(f, f64x2.mul(exponents[at]!, log2(f, f.let(half))))
  ) as [Variable, Variable];
  const result = f.let(demoted(low, high));
  const take = (mask: Vector, value: Vector) => f.set(result, v128.select(mask, value, result));

  const isZero = f.let(f32x4.eq(size, 0));
  // 0 and ∞ become each other where b is negative.
  const isNone = v128.xor(isZero, f32x4.lt(b, 0));
  const extreme = v128.andNot(f32x4.constant(Infinity), isNone);
  take(v128.or(isZero, f32x4.eq(size, Infinity)), extreme);
  take(f32x4.eq(size, 1), f32x4.constant(1));

  const whole = f.let(f32x4.trunc(b));
  const isWhole = f.let(f32x4.eq(whole, b));
  // From 2²⁴ on all numbers are even.
  const isOdd = v128.and(isWhole, f32x4.lt(f32x4.abs(b), 2 ** 24));
  const odd = v128.and(i32x4.shl(i32x4.truncSat(whole), 31), isOdd);
  f.set(result, v128.or(result, v128.and(odd, a)));
  const isNegative = v128.and(f32x4.lt(a, 0), f32x4.gt(a, -Infinity));
  take(v128.andNot(isNegative, isWhole), f32x4.constant(NaN));
  take(v128.or(f32x4.ne(a, a), f32x4.ne(b, b)), f32x4.constant(NaN));
  take(v128.or(f32x4.eq(b, 0), f32x4.eq(a, 1)), f32x4.constant(1));
  return result;
}

/** `log₂ x` of positive float64 numbers: n + log₂ m with m from √½ to √2. */
function log2(f: FunctionBuilder, x: Variable): Vector {
  const upper = i32x4.lanes([0, -1, 0, -1]);
  const above = i32x4.sub(x, v128.and(upper, i32x4.constant(ROOT_HALF)));
  const exponent = f.let(i32x4.shrS(above, 20));
  const mantissa = f.let(i32x4.sub(x, v128.and(i32x4.shl(exponent, 20), upper)));
  const ratio = f.let(f64x2.div(f64x2.sub(mantissa, 1), f64x2.add(mantissa, 1)));
  const square = f.let(f64x2.mul(ratio, ratio));
  const whole = f64x2.convertLow(v128.shuffle(exponent, exponent, [1, 3, 1, 3]));
  return f64x2.add(whole, f64x2.mul(ratio, polynomial(f, square, LOG2)));
}

/** `2ˣ` of float64 numbers, beyond what float32 can hold only so far that it becomes 0 or ∞. */
function exp2(f: FunctionBuilder, x: Vector): Variable {
  const bounded = f.let(f64x2.min(f64x2.max(x, -200), 200));
  const whole = f.let(f64x2.nearest(bounded));
  const rest = f.let(f64x2.sub(bounded, whole));
  const exponent = f.let(i32x4.shl(i32x4.add(i32x4.truncSatWide(whole), 1023), 20));
  const scale = v128.shuffle(i32x4.constant(0), exponent, [0, 4, 1, 5]);
  return f.let(f64x2.mul(polynomial(f, rest, EXP2), scale));
}

/** Horner's rule; the highest coefficient comes first. */
function polynomial(f: FunctionBuilder, x: Variable, coefficients: readonly number[]): Variable {
  const sum = f.let(f64x2.constant(coefficients[0]!));
  for (const coefficient of coefficients.slice(1)) {
    f.set(sum, f64x2.add(f64x2.mul(sum, x), coefficient));
  }
  return sum;
}
