/**
 * The functions behind the families of the contract: a row an op, of one op of tfjs where that keeps the
 * contract, of several where not.
 *
 * @module
 */
import type { ActivationOp, BinaryOp, CompareOp, UnaryOp } from "@gradus/tensor";
import type { TensorFlow, TfTensor } from "../_tensorflow.ts";
import { where } from "./where.ts";

type Unary = (tf: TensorFlow, x: TfTensor, alpha: number) => TfTensor;
type Binary = (tf: TensorFlow, a: TfTensor, b: TfTensor) => TfTensor;

/** `tf.relu` makes 0 of a NaN with a sign on wasm, and NaN of −∞ on webgl. */
export function relu(tf: TensorFlow, x: TfTensor): TfTensor {
  return where(tf, tf.lessEqual(x, 0), 0, x);
}

/** `tf.sign` makes 0 of NaN and, on wasm, of subnormal numbers. */
export function sign(tf: TensorFlow, x: TfTensor): TfTensor {
  const y = tf.sub(indicator(tf, tf.greater(x, 0)), indicator(tf, tf.less(x, 0)));
  return where(tf, tf.isNaN(x), x, y);
}

/** `max(x, 0) + ln(1 + e⁻|x|)`: it cannot overflow. */
export function softplus(tf: TensorFlow, x: TfTensor): TfTensor {
  return tf.add(relu(tf, x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
}

/** Φ(x), the normal distribution's share below x. */
function normalShare(tf: TensorFlow, x: TfTensor): TfTensor {
  return tf.mul(tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1), 0.5);
}

/** `x · y`, but 0, the limit, at −∞, where the product is NaN. */
function timesShare(tf: TensorFlow, x: TfTensor, y: TfTensor): TfTensor {
  return where(tf, tf.equal(x, -Infinity), 0, tf.mul(x, y));
}

/** 1 or 0. */
function indicator(tf: TensorFlow, condition: TfTensor): TfTensor {
  return tf.cast(condition, "float32");
}

export const unaryFunctions: Record<UnaryOp, Unary> = {
  relu,
  // On webgl, `tf.leakyRelu` makes NaN of ±∞.
  leakyRelu: (tf, x, alpha) => where(tf, tf.less(x, 0), tf.mul(x, alpha), x),
  elu: (tf, x, alpha) => where(tf, tf.less(x, 0), tf.mul(tf.expm1(x), alpha), x),
  gelu: (tf, x) => timesShare(tf, x, normalShare(tf, x)),
  silu: (tf, x) => timesShare(tf, x, tf.sigmoid(x)),
  softplus,
  sigmoid: (tf, x) => tf.sigmoid(x),
  tanh: (tf, x) => tf.tanh(x),
  arctan: (tf, x) => tf.atan(x),
  negate: (tf, x) => tf.neg(x),
  absolute: (tf, x) => tf.abs(x),
  sign,
  reciprocal: (tf, x) => tf.reciprocal(x),
  square: (tf, x) => tf.square(x),
  sqrt: (tf, x) => tf.sqrt(x),
  exp: (tf, x) => tf.exp(x),
  log: (tf, x) => tf.log(x),
  // On wasm, `tf.sin` makes 0 of −0.
  sin: (tf, x) => where(tf, tf.equal(x, 0), x, tf.sin(x)),
  cos: (tf, x) => tf.cos(x),
  erf: (tf, x) => tf.erf(x),
  floor: (tf, x) => tf.floor(x),
  ceil: (tf, x) => tf.ceil(x),
  round: (tf, x) => {
    const y = tf.round(x);
    // Of the same sign as x.
    return where(tf, tf.equal(y, 0), tf.mul(x, 0), y);
  },
};

/** op′(x), given y = op(x). */
export const activationSlopes: Record<
  ActivationOp,
  (
    tf: TensorFlow,
    numbers: { readonly x: TfTensor; readonly y: TfTensor; readonly alpha: number },
  ) => TfTensor
> = {
  relu: (tf, { x }) => indicator(tf, tf.logicalNot(tf.lessEqual(x, 0))),
  leakyRelu: (tf, { x, alpha }) => where(tf, tf.greater(x, 0), 1, alpha),
  elu: (tf, { x, y, alpha }) => where(tf, tf.greater(x, 0), 1, tf.add(y, alpha)),
  gelu: (tf, { x }) => {
    const density = tf.div(tf.exp(tf.mul(tf.square(x), -0.5)), Math.sqrt(2 * Math.PI));
    return tf.add(normalShare(tf, x), tf.mul(x, density));
  },
  silu: (tf, { x }) => {
    const s = tf.sigmoid(x);
    return tf.mul(s, tf.add(tf.mul(x, tf.sub(1, s)), 1));
  },
  softplus: (tf, { x }) => tf.sigmoid(x),
  sigmoid: (tf, { y }) => tf.mul(y, tf.sub(1, y)),
  tanh: (tf, { y }) => tf.sub(1, tf.square(y)),
  arctan: (tf, { x }) => tf.reciprocal(tf.add(tf.square(x), 1)),
};

/** An extreme, but NaN where a or b is: the ops of tfjs do not agree on that of NaN and a number. */
function handNan(tf: TensorFlow, [a, b]: readonly [TfTensor, TfTensor], y: TfTensor): TfTensor {
  return where(tf, tf.logicalOr(tf.isNaN(a), tf.isNaN(b)), NaN, y);
}

export const binaryFunctions: Record<BinaryOp, Binary> = {
  add: (tf, a, b) => tf.add(a, b),
  subtract: (tf, a, b) => tf.sub(a, b),
  multiply: (tf, a, b) => tf.mul(a, b),
  divide: (tf, a, b) => tf.div(a, b),
  // IEEE 754 and NumPy say 1 where JavaScript says NaN, and with it tfjs on cpu.
  power: (tf, a, b) => {
    const isUnit = tf.logicalAnd(tf.equal(a, -1), tf.equal(tf.abs(b), Infinity));
    return where(tf, tf.logicalOr(tf.equal(a, 1), isUnit), 1, tf.pow(a, b));
  },
  maximum: (tf, a, b) => handNan(tf, [a, b], tf.maximum(a, b)),
  minimum: (tf, a, b) => handNan(tf, [a, b], tf.minimum(a, b)),
};

export const compareFunctions: Record<CompareOp, Binary> = {
  equal: (tf, a, b) => tf.equal(a, b),
  notEqual: (tf, a, b) => tf.notEqual(a, b),
  less: (tf, a, b) => tf.less(a, b),
  lessEqual: (tf, a, b) => tf.lessEqual(a, b),
  greater: (tf, a, b) => tf.greater(a, b),
  greaterEqual: (tf, a, b) => tf.greaterEqual(a, b),
};
