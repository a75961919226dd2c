import { wgsl } from "../wgsl.ts";

/**
 * Functions that are right of NaN, ±infinity, −0 and numbers below the smallest normal one, on compilers too
 * that assume that there are none: they look at the bits. Every program has them.
 */
export const numbers: string = wgsl`
fn sizeBits(x: f32) -> u32 {
  return bitcast<u32>(x) & 0x7fffffffu;
}

fn isNan(x: f32) -> bool {
  return sizeBits(x) > 0x7f800000u;
}

fn isInfinite(x: f32) -> bool {
  return sizeBits(x) == 0x7f800000u;
}

fn isZero(x: f32) -> bool {
  return sizeBits(x) == 0u;
}

/* x > 0 */
fn isPositive(x: f32) -> bool {
  return sizeBits(x) - 1u < 0x7f800000u && bitcast<i32>(x) > 0;
}

/* x < 0: neither of -0 nor of NaN */
fn isNegative(x: f32) -> bool {
  return sizeBits(x) - 1u < 0x7f800000u && bitcast<i32>(x) < 0;
}

/* Variables, since a constant must be a finite number. */
fn infinity() -> f32 {
  var bits = 0x7f800000u;
  return bitcast<f32>(bits);
}

fn nan() -> f32 {
  var bits = 0x7fc00000u;
  return bitcast<f32>(bits);
}

/* Whole numbers in the order of the real ones; 0 of 0 and of -0. Of NaN, nothing that means anything. */
fn order(x: f32) -> i32 {
  let size = i32(sizeBits(x));
  return select(size, -size, bitcast<i32>(x) < 0);
}

/* NaN if one is NaN. */
fn larger(a: f32, b: f32) -> f32 {
  return select(select(b, a, order(a) >= order(b)), nan(), isNan(a) || isNan(b));
}

/* NaN if one is NaN. */
fn smaller(a: f32, b: f32) -> f32 {
  return select(select(b, a, order(a) <= order(b)), nan(), isNan(a) || isNan(b));
}

/* max(x, 0), but NaN of NaN and -0 of -0. */
fn relu(x: f32) -> f32 {
  return select(x, 0.0, isNegative(x));
}

fn withSign(size: f32, sign: f32) -> f32 {
  return bitcast<f32>(sizeBits(size) | (bitcast<u32>(sign) & 0x80000000u));
}
`;
