/**
 * Functions of one number in WGSL, by the same polynomials as on `cpu`: WGSL's own may be off by thousands
 * of units in the last place, and differ from one GPU to the next. Each is right of NaN and ±infinity, and
 * within the bounds of the test beside this file.
 *
 * A WGSL compiler may reassociate: `(x + 1) - 1` becomes `x`, on Mesa too, so that no function can be built on
 * what a sum has lost.
 *
 * @module
 */

import { ARCTAN, ERF, ERFC, EXP, LN2_HIGH, LN2_LOW, LOG, TANH } from "../../_polynomials.ts";
import { float, wgsl } from "../wgsl.ts";

/** π / 2 in three parts: the products of the first two with small whole numbers are exact. */
const HALF_PI_PARTS = [1.5703125, 0.0004837512969970703, 7.549789948768648e-8];

/** 2 / π in words of 32 bits, two bits to the right, so that the first two are quarters of a circle. */
const TWO_OVER_PI = [
  0x28be60db,
  0x9391054a,
  0x7f09d5f4,
  0x7d4d3770,
  0x36d8a566,
  0x4f10e410,
  0x7f9458ea,
];

// Taylor series, for |r| ≤ π / 4 and in r².
/** (sin r − r) / r³. */
const SIN = [1 / 362_880, -1 / 5040, 1 / 120, -1 / 6];
/** (cos r − 1) / r². */
const COS = [-1 / 3_628_800, 1 / 40_320, -1 / 720, 1 / 24, -1 / 2];

/** Horner's rule; the highest coefficient comes first. */
function polynomial(x: string, coefficients: readonly number[]): string {
  return coefficients.slice(1).reduce(
    (sum, coefficient) => `(${sum} * ${x} + ${float(coefficient)})`,
    float(coefficients[0]!),
  );
}

/** What a source that calls one of the functions begins with. */
export const functions: string = wgsl`
/* The whole n nearest to x / ln 2, and the rest of x. */
struct Reduced {
  n: i32,
  rest: f32,
}

fn reduce(x: f32) -> Reduced {
  let whole = round(x * ${float(Math.LOG2E)});
  return Reduced(i32(whole), (x - whole * ${float(LN2_HIGH)}) - whole * ${float(LN2_LOW)});
}

fn powerOfTwo(n: i32) -> f32 {
  return bitcast<f32>(u32(n + 127) << 23u);
}

fn expm1OfRest(rest: f32) -> f32 {
  return rest * rest * ${polynomial("rest", EXP)} + rest;
}

/* 2^n * e^r with x = n * ln 2 + r. */
fn exponential(x: f32) -> f32 {
  let reduced = reduce(clamp(x, -104.0, 89.0));
  /* In two factors: either may be far outside of what one exponent holds. */
  let half = reduced.n >> 1u;
  let power = (expm1OfRest(reduced.rest) + 1.0) * powerOfTwo(half);
  return select(power * powerOfTwo(reduced.n - half), x, isNan(x));
}

/* e^x - 1 for x <= 0. */
fn exponentialLess1(x: f32) -> f32 {
  let reduced = reduce(clamp(x, -30.0, 0.0));
  let scale = powerOfTwo(reduced.n);
  return select(scale * expm1OfRest(reduced.rest) + (scale - 1.0), x, isNan(x));
}

/* n * ln 2 + ln(1 + r), with 1 + r from sqrt(1/2) to sqrt(2), for positive finite x. */
fn logarithmOfPositive(x: f32) -> f32 {
  let isSubnormal = sizeBits(x) < 0x00800000u;
  let bits = bitcast<i32>(select(x, x * 8388608.0, isSubnormal));
  let exponent = (bits - 0x3f3504f3) >> 23u;
  let rest = bitcast<f32>(bits - (exponent << 23u)) - 1.0;
  let n = f32(exponent) - select(0.0, 23.0, isSubnormal);
  let square = rest * rest;
  let cubic = rest * square * ${polynomial("rest", LOG)};
  let tail = square * -0.5 + (n * ${float(LN2_LOW)} + cubic);
  return n * ${float(LN2_HIGH)} + (rest + tail);
}

fn logarithm(x: f32) -> f32 {
  if (isZero(x)) {
    return -infinity();
  }
  if (!isPositive(x)) {
    return nan();
  }
  return select(logarithmOfPositive(x), x, isInfinite(x));
}

/* ln(1 + r) for r from sqrt(1/2) - 1 to sqrt(2) - 1. */
fn logarithmNear1(rest: f32) -> f32 {
  let square = rest * rest;
  return rest + (square * -0.5 + rest * square * ${polynomial("rest", LOG)});
}

/* ln(1 + x) for x from 0 to 1. */
fn logarithmOf1Plus(x: f32) -> f32 {
  return select(logarithmOfPositive(1.0 + x), logarithmNear1(x), x < 0.41);
}

/* 1 / (1 + e^-x), by the exponential of a negative number, which cannot overflow. */
fn sigmoid(x: f32) -> f32 {
  let e = exponential(-abs(x));
  return select(1.0, e, isNegative(x)) / (1.0 + e);
}

/* ln(1 + e^x) */
fn softplus(x: f32) -> f32 {
  let sum = relu(x) + logarithmOf1Plus(exponential(-abs(x)));
  return select(sum, x, isNan(x));
}

fn hyperbolicTangent(x: f32) -> f32 {
  let size = abs(x);
  let square = x * x;
  let small = size * square * ${polynomial("square", TANH)} + size;
  let large = 1.0 - 2.0 / (exponential(size + size) + 1.0);
  return select(withSign(select(large, small, size < 0.625), x), x, isNan(x));
}

/* erf(|x|) for |x| < 0.88. */
fn errorFunctionNear0(x: f32) -> f32 {
  let square = x * x;
  return abs(x) * ${polynomial("square", ERF)} + abs(x);
}

/* 1 - erf(|x|) for |x| >= 0.88. */
fn errorFunctionComplement(x: f32) -> f32 {
  /* Beyond 10 it is 0 in float32; the bound keeps 0 * infinity away. */
  let z = min(abs(x), 10.5);
  let t = 1.0 / (z * 0.4 + 1.0);
  return t * ${polynomial("t", ERFC)} * exponential(-(z * z));
}

fn errorFunction(x: f32) -> f32 {
  let large = 1.0 - errorFunctionComplement(x);
  let size = select(large, errorFunctionNear0(x), abs(x) < 0.88);
  return select(withSign(size, x), x, isNan(x));
}

/* The normal distribution's share below x. */
fn normalShare(x: f32) -> f32 {
  let z = x * ${float(Math.SQRT1_2)};
  if (abs(z) < 0.88) {
    return withSign(errorFunctionNear0(z), x) * 0.5 + 0.5;
  }
  let half = errorFunctionComplement(z) * 0.5;
  return select(select(1.0 - half, half, isNegative(x)), x, isNan(x));
}

fn normalDensity(x: f32) -> f32 {
  return exponential(x * x * -0.5) * ${float(1 / Math.sqrt(2 * Math.PI))};
}

/* arctan x = pi / 2 - arctan(1 / x) where x is steep. */
fn arctangent(x: f32) -> f32 {
  let size = abs(x);
  let isSteep = size > 1.0;
  let ratio = select(size, 1.0 / size, isSteep);
  let square = ratio * ratio;
  let angle = ratio * square * ${polynomial("square", ARCTAN)} + ratio;
  let rest = ${float(Math.PI / 2)} - angle;
  return select(withSign(select(angle, rest, isSteep), x), x, isNan(x));
}

/* An angle is its quarters of a circle, and the rest in radians. */
struct Angle {
  quarters: i32,
  rest: f32,
}

/* Right of a few quarters. */
fn smallAngle(x: f32) -> Angle {
  let whole = round(x * ${float(2 / Math.PI)});
  let reduced = ${HALF_PI_PARTS.reduce((rest, part) => `(${rest} - whole * ${float(part)})`, "x")};
  return Angle(i32(whole), reduced);
}

/* The low and the high word of a product. */
fn wideProduct(a: u32, b: u32) -> vec2u {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let left = (a & 0xffffu) * (b >> 16u);
  let right = (a >> 16u) * (b & 0xffffu);
  let middle = (low >> 16u) + (left & 0xffffu) + (right & 0xffffu);
  let high = (a >> 16u) * (b >> 16u) + (left >> 16u) + (right >> 16u) + (middle >> 16u);
  return vec2u((middle << 16u) | (low & 0xffffu), high);
}

/*
 * Of x, at least 2, times 2 / pi, only the bits around the point count (Payne and Hanek, 1983): 64 of them, of
 * which the first two are the quarters.
 */
fn largeAngle(x: f32) -> Angle {
  var bitsOfTwoOverPi = array<u32, 8>(
    0u, ${TWO_OVER_PI.map((word) => `${word}u`).join(", ")}
  );
  let exponent = (sizeBits(x) >> 23u) - 126u;
  let first = exponent >> 5u;
  let shift = exponent & 31u;
  var words = vec4u(
    bitsOfTwoOverPi[first],
    bitsOfTwoOverPi[first + 1u],
    bitsOfTwoOverPi[first + 2u],
    bitsOfTwoOverPi[first + 3u],
  );
  if (shift > 0u) {
    words = (words << vec4u(shift)) | (words.yzww >> vec4u(32u - shift));
  }
  let fraction = (bitcast<u32>(x) << 8u) | 0x80000000u;
  let product = wideProduct(fraction, words.y);
  let carry = wideProduct(fraction, words.z).y;
  var low = product.x + carry;
  var high = product.y + select(0u, 1u, low < carry) + fraction * words.x;
  /* To the nearest quarter. */
  let quarters = i32((high + 0x20000000u) >> 30u);
  let isBelow = (high & 0x20000000u) != 0u;
  high = high & 0x3fffffffu;
  if (isBelow) {
    low = ~low + 1u;
    high = 0x40000000u - high - select(0u, 1u, low != 0u);
  }
  let isWide = high != 0u;
  let zeros = select(32u + countLeadingZeros(low), countLeadingZeros(high), isWide);
  let top = select(
    low << (zeros & 31u),
    (high << (zeros & 31u)) | (low >> ((32u - zeros) & 31u)),
    isWide,
  );
  let rest = f32(top) * ${float(Math.PI / 2)} * powerOfTwo(-30 - i32(zeros));
  let isNegative = isBelow != (x < 0.0);
  return Angle(select(quarters, -quarters, x < 0.0), select(rest, -rest, isNegative));
}

/* sin(x + quarters * pi / 2). */
fn sineFrom(x: f32, quarters: i32) -> f32 {
  var angle = Angle(0, 0.0);
  if (abs(x) < 4.0) {
    angle = smallAngle(x);
  } else {
    angle = largeAngle(x);
  }
  let rest = angle.rest;
  let square = rest * rest;
  let sine = rest * square * ${polynomial("square", SIN)} + rest;
  let cosine = square * ${polynomial("square", COS)} + 1.0;
  let quarter = (angle.quarters + quarters) & 3;
  let size = select(sine, cosine, (quarter & 1) == 1);
  return select(select(size, -size, quarter > 1), nan(), sizeBits(x) >= 0x7f800000u);
}

fn sine(x: f32) -> f32 {
  return select(sineFrom(x, 0), x, isZero(x));
}

fn cosine(x: f32) -> f32 {
  return sineFrom(x, 1);
}

/* a^b, as IEEE 754 has it. */
fn power(a: f32, b: f32) -> f32 {
  if (isZero(b) || bitcast<u32>(a) == 0x3f800000u) {
    return 1.0;
  }
  if (isNan(a) || isNan(b)) {
    return nan();
  }
  let size = abs(a);
  if (isInfinite(b)) {
    if (sizeBits(a) == 0x3f800000u) {
      return 1.0;
    }
    return select(0.0, infinity(), (size > 1.0) == isPositive(b));
  }
  let isWhole = isZero(b - floor(b));
  let isOdd = isWhole && abs(b) < 16777216.0 && !isZero(b * 0.5 - floor(b * 0.5));
  if (isNegative(a) && !isInfinite(a) && !isWhole) {
    return nan();
  }
  var result = 0.0;
  if (isZero(a)) {
    result = select(infinity(), 0.0, isPositive(b));
  } else if (isInfinite(a)) {
    result = select(0.0, infinity(), isPositive(b));
  } else {
    result = exponential(b * logarithmOfPositive(size));
  }
  return select(result, -result, isOdd && bitcast<i32>(a) < 0);
}
`;
