/**
 * The functions behind the families of the contract: a row an op. Each is one line of calculus, and
 * what other backends approximate.
 *
 * @module
 */

import type {
  ActivationOp,
  BinaryOp,
  CompareOp,
  PointwiseLossOp,
  ReduceOp,
  UnaryOp,
} from "../backend.ts";

/**
 * `erf x = 2/√π · exp(−x²) · Σₙ 2ⁿ x²ⁿ⁺¹ / (2n + 1)!!`: all terms of one sign, so none cancel. From 2 on,
 * where roundings would add up, `1 − exp(−x²) / √π / (x + ½ / (x + 1 / (x + 3⁄2 / (x + …))))`.
 */
export function erf(x: number): number {
  if (Number.isNaN(x) || x === 0) return x;
  const bell = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (Math.abs(x) >= 2) {
    let fraction = Math.abs(x);
    for (let n = 60; n > 0; n--) fraction = Math.abs(x) + n / 2 / fraction;
    return Math.sign(x) * (1 - bell / fraction);
  }
  let term = x;
  let sum = 0;
  for (let n = 0; sum + term !== sum; n++) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 3);
  }
  return 2 * bell * sum;
}

function sigmoid(x: number): number {
  // exp of a negative number alone: it cannot overflow.
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Φ(x), the normal distribution's share below x. */
function normalShare(x: number): number {
  return 0.5 * (1 + erf(x / Math.SQRT2));
}

/** φ(x) = Φ′(x). */
function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : Math.ceil(x);
  return floor % 2 === 0 ? floor : Math.ceil(x); // not floor + 1: −0.5 becomes −0
}

export const unaryFunctions: Record<UnaryOp, (x: number, alpha: number) => number> = {
  // Not Math.max(0, x): it must not turn −0 or NaN into something else.
  relu: (x) => x < 0 ? 0 : x,
  leakyRelu: (x, alpha) => x < 0 ? alpha * x : x,
  elu: (x, alpha) => x < 0 ? alpha * Math.expm1(x) : x,
  // 0 · ∞ would be NaN at −Infinity, where the limit is 0.
  gelu: (x) => x === -Infinity ? 0 : x * normalShare(x),
  silu: (x) => x === -Infinity ? 0 : x * sigmoid(x),
  softplus,
  sigmoid,
  tanh: Math.tanh,
  arctan: Math.atan,
  negate: (x) => -x,
  absolute: Math.abs,
  sign: (x) => Math.sign(x) + 0, // as NumPy: 0 for −0
  reciprocal: (x) => 1 / x,
  square: (x) => x * x,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  sin: Math.sin,
  cos: Math.cos,
  erf,
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundHalfToEven,
};

/** op′(x), given y = op(x). At a kink, the slope from below: relu′(0) = 0. At NaN and ±Infinity as in PyTorch. */
export const activationSlopes: Record<
  ActivationOp,
  (x: number, y: number, alpha: number) => number
> = {
  relu: (x) => x <= 0 ? 0 : 1,
  leakyRelu: (x, _y, alpha) => x > 0 ? 1 : alpha,
  elu: (x, y, alpha) => x > 0 ? 1 : y + alpha,
  gelu: (x) => normalShare(x) + x * normalDensity(x),
  silu: (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))),
  softplus: (x) => sigmoid(x),
  sigmoid: (_x, y) => y * (1 - y),
  tanh: (_x, y) => 1 - y * y,
  arctan: (x) => 1 / (1 + x * x),
};

export const binaryFunctions: Record<BinaryOp, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  // IEEE 754 and NumPy say 1 where JavaScript says NaN.
  power: (a, b) => a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : Math.pow(a, b),
  maximum: Math.max,
  minimum: Math.min,
};

export const compareFunctions: Record<CompareOp, (a: number, b: number) => boolean> = {
  equal: (a, b) => a === b,
  notEqual: (a, b) => a !== b,
  less: (a, b) => a < b,
  lessEqual: (a, b) => a <= b,
  greater: (a, b) => a > b,
  greaterEqual: (a, b) => a >= b,
};

/** Where a fold starts, and how it takes one more number; `mean` is divided at the end. */
export const folds: Record<ReduceOp, { start: number; take: (sum: number, x: number) => number }> =
  {
    sum: { start: 0, take: binaryFunctions.add },
    mean: { start: 0, take: binaryFunctions.add },
    max: { start: -Infinity, take: Math.max },
    min: { start: Infinity, take: Math.min },
    product: { start: 1, take: binaryFunctions.multiply },
  };

/** A loss of prediction p and target t, and its slope ∂loss/∂p. */
export const pointwiseLosses: Record<
  PointwiseLossOp,
  {
    loss: (p: number, t: number, delta: number) => number;
    slope: (p: number, t: number, delta: number) => number;
  }
> = {
  squaredError: {
    loss: (p, t) => (p - t) * (p - t),
    slope: (p, t) => 2 * (p - t),
  },
  absoluteError: {
    loss: (p, t) => Math.abs(p - t),
    slope: (p, t) => Math.sign(p - t),
  },
  huber: {
    loss: (p, t, delta) => {
      const distance = Math.abs(p - t);
      return distance <= delta ? 0.5 * distance * distance : delta * (distance - 0.5 * delta);
    },
    slope: (p, t, delta) => Math.max(-delta, Math.min(delta, p - t)),
  },
  binaryCrossEntropyWithLogits: {
    // −t · ln σ(p) − (1 − t) · ln(1 − σ(p)), without a logarithm of 0.
    loss: (p, t) => softplus(p) - t * p,
    slope: (p, t) => sigmoid(p) - t,
  },
  hinge: {
    loss: (p, t) => Math.max(0, 1 - t * p),
    slope: (p, t) => 1 - t * p > 0 ? -t : 0,
  },
};
