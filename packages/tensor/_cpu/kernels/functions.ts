/**
 * Functions of four float32 numbers at once. Errors, in units in the last place (ulp), are measured by
 * the test beside this file.
 *
 * @module
 */

import { ARCTAN, ERF, ERFC, EXP, LN2_HIGH, LN2_LOW, LOG, TANH } from "../../_polynomials.ts";
import type { ActivationOp, UnaryOp } from "../../backend.ts";
import type { FunctionBuilder, Local } from "../assembler.ts";
import { f32x4, i32x4, type Term, v128, type Value } from "../instructions.ts";
import type { Arithmetic } from "./arithmetic.ts";

type Vector = Value<"v128">;
type Variable = Local<"v128">;

const SHIFT = 1.5 * 2 ** 23;
const HALF_PI = Math.fround(Math.PI / 2);

/** Writes the functions into one kernel. */
export class Functions {
  readonly #f: FunctionBuilder;
  readonly #madd: Arithmetic["madd"];

  constructor(f: FunctionBuilder, arithmetic: Arithmetic) {
    this.#f = f;
    this.#madd = arithmetic.madd;
  }

  /** Horner's rule; the highest coefficient comes first. */
  polynomial(x: Vector, coefficients: readonly number[]): Vector {
    return coefficients.slice(1).reduce<Vector>(
      (sum, coefficient) => this.#madd(sum, x, coefficient),
      f32x4.constant(coefficients[0]!),
    );
  }

  /** `eˣ`: 2ⁿ · eʳ with x = n · ln 2 + r. */
  exp(x: Term<"v128">): Variable {
    const { n, rest } = this.#reduce(f32x4.pmin(f32x4.pmax(x, -104), 89));
    // In two factors: either may be far outside of what one exponent holds.
    const half = this.#f.let(i32x4.shrS(n, 1));
    const power = f32x4.mul(f32x4.add(this.#expm1OfRest(rest), 1), powerOfTwo(half));
    return this.#f.let(f32x4.mul(power, powerOfTwo(i32x4.sub(n, half))));
  }

  /** `eˣ − 1` for x ≤ 0. */
  expm1(x: Term<"v128">): Variable {
    const { n, rest } = this.#reduce(f32x4.pmax(x, -30));
    const scale = this.#f.let(powerOfTwo(n));
    return this.#f.let(
      this.#madd(scale, this.#expm1OfRest(rest), f32x4.sub(scale, 1)),
    );
  }

  /** `ln x`. */
  log(x: Variable): Vector {
    const result = this.#logOfPositive(x);
    const finite = v128.select(f32x4.eq(x, Infinity), Infinity, result);
    const positive = v128.select(f32x4.eq(x, 0), -Infinity, finite);
    return v128.select(f32x4.ge(x, 0), positive, NaN);
  }

  /** `ln(1 + x)` for x from 0 to 1. */
  log1p(x: Variable): Vector {
    const sum = this.#f.let(f32x4.add(x, 1));
    // What the sum lost, by the derivative of the logarithm.
    const lost = f32x4.div(f32x4.sub(x, f32x4.sub(sum, 1)), sum);
    return f32x4.add(this.#logOfPositive(sum), lost);
  }

  /** `1 / (1 + e⁻ˣ)`, by the exponential of a negative number, which cannot overflow. */
  sigmoid(x: Variable): Variable {
    const f = this.#f;
    const e = this.exp(f32x4.neg(f32x4.abs(x)));
    const isNegative = f.let(f32x4.lt(x, 0));
    const sum = f.let(f32x4.add(e, 1));
    const quotient = f.let(f32x4.div(v128.select(isNegative, e, 1), sum));
    // What the sum lost, by the derivative of the quotient: −quotient / sum.
    const lost = f32x4.sub(e, f32x4.sub(sum, 1));
    const inverse = v128.select(isNegative, f32x4.sub(1, quotient), quotient);
    return f.let(f32x4.sub(quotient, f32x4.mul(f32x4.mul(lost, inverse), quotient)));
  }

  /** `ln(1 + eˣ)`. */
  softplus(x: Variable): Vector {
    const e = this.exp(f32x4.neg(f32x4.abs(x)));
    return f32x4.add(f32x4.pmax(x, 0), this.log1p(e));
  }

  tanh(x: Variable): Vector {
    const size = this.#f.let(f32x4.abs(x));
    const square = this.#f.let(f32x4.mul(x, x));
    const small = this.#madd(f32x4.mul(size, square), this.polynomial(square, TANH), size);
    const e = this.exp(f32x4.add(size, size));
    const large = f32x4.sub(1, f32x4.div(2, f32x4.add(e, 1)));
    return withSign(v128.select(f32x4.lt(size, 0.625), small, large), x);
  }

  erf(x: Variable): Vector {
    const { isSmall, small, complement } = this.#erfParts(x);
    return withSign(v128.select(isSmall, small, f32x4.sub(1, complement)), x);
  }

  /** Φ(x), the normal distribution's share below x. */
  normalShare(x: Variable): Variable {
    const z = this.#f.let(f32x4.mul(x, Math.SQRT1_2));
    const { isSmall, small, complement } = this.#erfParts(z);
    const half = this.#f.let(f32x4.mul(complement, 0.5));
    const large = v128.select(f32x4.lt(x, 0), half, f32x4.sub(1, half));
    const near = this.#madd(withSign(small, x), 0.5, 0.5);
    return this.#f.let(v128.select(isSmall, near, large));
  }

  arctan(x: Variable): Vector {
    const size = this.#f.let(f32x4.abs(x));
    const isSteep = this.#f.let(f32x4.gt(size, 1));
    // arctan x = π/2 − arctan(1/x).
    const ratio = this.#f.let(v128.select(isSteep, f32x4.div(1, size), size));
    const square = this.#f.let(f32x4.mul(ratio, ratio));
    const angle = this.#f.let(
      this.#madd(f32x4.mul(ratio, square), this.polynomial(square, ARCTAN), ratio),
    );
    // π / 2 in two parts: rounded to one number, it would be off by more than the sum may be.
    const rest = f32x4.add(f32x4.sub(HALF_PI, angle), Math.PI / 2 - HALF_PI);
    const result = v128.select(isSteep, rest, angle);
    return withSign(result, x);
  }

  /** erf |x| near 0, and erfc |x| elsewhere. */
  #erfParts(x: Variable): { isSmall: Vector; small: Vector; complement: Variable } {
    const f = this.#f;
    const size = f.let(f32x4.abs(x));
    const square = f.let(f32x4.mul(x, x));
    const small = this.#madd(size, this.polynomial(square, ERF), size);
    // Beyond 10 erfc is 0 in float32; the bound keeps 0 · ∞ away.
    const z = f.let(f32x4.pmin(size, 10.5));
    const t = f.let(f32x4.div(1, this.#madd(z, 0.4, 1)));
    const complement = f.let(
      f32x4.mul(
        f32x4.mul(t, this.polynomial(t, ERFC)),
        this.exp(f32x4.neg(f32x4.mul(z, z))),
      ),
    );
    return { isSmall: f32x4.lt(size, 0.88), small, complement };
  }

  /** The whole `n` nearest to x / ln 2, and the rest of x. */
  #reduce(x: Vector): { n: Variable; rest: Variable } {
    const f = this.#f;
    const bounded = f.let(x);
    // Beside 1.5 · 2²³ a fraction has no room: what is left is the whole number, in the lowest bits.
    const shifted = f.let(this.#madd(bounded, Math.LOG2E, SHIFT));
    const whole = f.let(f32x4.sub(shifted, SHIFT));
    const rest = f.let(this.#madd(whole, -LN2_LOW, this.#madd(whole, -LN2_HIGH, bounded)));
    return { n: f.let(i32x4.sub(shifted, f32x4.constant(SHIFT))), rest };
  }

  #expm1OfRest(rest: Variable): Vector {
    return this.#madd(f32x4.mul(rest, rest), this.polynomial(rest, EXP), rest);
  }

  /** `ln x` for positive finite x: n · ln 2 + ln(1 + r), with 1 + r from √½ to √2. */
  #logOfPositive(x: Variable): Vector {
    const f = this.#f;
    const isSubnormal = f.let(f32x4.lt(x, 2 ** -126));
    const bits = f.let(v128.select(isSubnormal, f32x4.mul(x, 2 ** 23), x));
    const exponent = f.let(i32x4.shrS(i32x4.sub(bits, 0x3f3504f3), 23));
    const rest = f.let(f32x4.sub(i32x4.sub(bits, i32x4.shl(exponent, 23)), 1));
    const shift = v128.and(isSubnormal, f32x4.constant(23));
    const n = f.let(f32x4.sub(f32x4.convert(exponent), shift));
    const square = f.let(f32x4.mul(rest, rest));
    const cubic = f32x4.mul(f32x4.mul(rest, square), this.polynomial(rest, LOG));
    const tail = this.#madd(square, -0.5, this.#madd(n, LN2_LOW, cubic));
    return this.#madd(n, LN2_HIGH, f32x4.add(rest, tail));
  }
}

/** 2ⁿ for whole n from −126 to 127, by its bits. */
function powerOfTwo(n: Vector): Vector {
  return i32x4.shl(i32x4.add(n, 127), 23);
}

function withSign(size: Vector, sign: Vector): Vector {
  return v128.or(size, v128.and(sign, i32x4.constant(-(2 ** 31))));
}

/** A function of a vector, as code; `alpha` is in all lanes. */
type UnaryCode = (functions: Functions, x: Variable, alpha: Variable) => Vector;

/** Functions without a row are those of `wide_functions.ts`. */
export const unaryCode: Record<Exclude<UnaryOp, "sin" | "cos">, UnaryCode> = {
  // Not max(0, x): it must not turn −0 into 0.
  relu: (_, x) => v128.andNot(x, f32x4.lt(x, 0)),
  leakyRelu: (_, x, alpha) => v128.select(f32x4.lt(x, 0), f32x4.mul(x, alpha), x),
  elu: (m, x, alpha) => v128.select(f32x4.lt(x, 0), f32x4.mul(alpha, m.expm1(f32x4.pmin(x, 0))), x),
  // 0 · ∞ would be NaN at −Infinity, where the limit is 0.
  gelu: (m, x) => v128.andNot(f32x4.mul(x, m.normalShare(x)), f32x4.eq(x, -Infinity)),
  silu: (m, x) => v128.andNot(f32x4.mul(x, m.sigmoid(x)), f32x4.eq(x, -Infinity)),
  softplus: (m, x) => m.softplus(x),
  sigmoid: (m, x) => m.sigmoid(x),
  tanh: (m, x) => m.tanh(x),
  arctan: (m, x) => m.arctan(x),
  negate: (_, x) => f32x4.neg(x),
  absolute: (_, x) => f32x4.abs(x),
  sign: (_, x) => {
    // −0 + 0 is 0, and NaN stays.
    const still = v128.select(f32x4.lt(x, 0), -1, f32x4.add(x, 0));
    return v128.select(f32x4.gt(x, 0), 1, still);
  },
  reciprocal: (_, x) => f32x4.div(1, x),
  square: (_, x) => f32x4.mul(x, x),
  sqrt: (_, x) => f32x4.sqrt(x),
  exp: (m, x) => m.exp(x),
  log: (m, x) => m.log(x),
  erf: (m, x) => m.erf(x),
  floor: (_, x) => f32x4.floor(x),
  ceil: (_, x) => f32x4.ceil(x),
  round: (_, x) => f32x4.nearest(x),
};

/** Functions of a few instructions. */
export const SHORT_UNARY: ReadonlySet<UnaryOp> = new Set<UnaryOp>([
  "relu",
  "leakyRelu",
  "negate",
  "absolute",
  "sign",
  "reciprocal",
  "square",
  "sqrt",
  "floor",
  "ceil",
  "round",
]);

/** op′(x), given y = op(x). At a kink, the slope from below. */
export const slopeCode: Record<
  ActivationOp,
  (functions: Functions, operands: { x: Variable; y: Variable; alpha: Variable }) => Vector
> = {
  // Not where x > 0: NaN hands dy on.
  relu: (_, { x }) => v128.andNot(f32x4.constant(1), f32x4.le(x, 0)),
  leakyRelu: (_, { x, alpha }) => v128.select(f32x4.gt(x, 0), 1, alpha),
  elu: (_, { x, y, alpha }) => v128.select(f32x4.gt(x, 0), 1, f32x4.add(y, alpha)),
  gelu: (m, { x }) => {
    const share = m.normalShare(x);
    const density = f32x4.mul(m.exp(f32x4.mul(f32x4.mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return f32x4.add(share, f32x4.mul(x, density));
  },
  silu: (m, { x }) => {
    const s = m.sigmoid(x);
    return f32x4.mul(s, f32x4.add(f32x4.mul(x, f32x4.sub(1, s)), 1));
  },
  softplus: (m, { x }) => m.sigmoid(x),
  sigmoid: (_, { y }) => f32x4.mul(y, f32x4.sub(1, y)),
  tanh: (_, { y }) => f32x4.sub(1, f32x4.mul(y, y)),
  arctan: (_, { x }) => f32x4.div(1, f32x4.add(f32x4.mul(x, x), 1)),
};

/** Slopes of a few instructions. */
export const SHORT_SLOPES: ReadonlySet<ActivationOp> = new Set<ActivationOp>([
  "relu",
  "leakyRelu",
  "elu",
  "sigmoid",
  "tanh",
  "arctan",
]);
