import type { TensorFlow, TfTensor } from "../_tensorflow.ts";

interface Inputs {
  readonly x: TfTensor;
  readonly scale: TfTensor;
  readonly shift: TfTensor;
}

interface GradientInputs {
  readonly x: TfTensor;
  readonly dy: TfTensor;
  readonly scale: TfTensor;
  readonly mean: TfTensor;
  readonly inverseDeviation: TfTensor;
}

interface Gradients {
  readonly dx: TfTensor;
  readonly dScale: TfTensor;
  readonly dShift: TfTensor;
}

/** Of a table `[rows, channels]`, the axis along which numbers are normalised together. */
type Axis = 0 | 1;
const WITHIN_CHANNELS: Axis = 0;
const WITHIN_ROWS: Axis = 1;

export function batchNorm(
  tf: TensorFlow,
  operands: Inputs,
  { epsilon, momentum, runningMean, runningVariance }: {
    readonly epsilon: number;
    readonly momentum: number;
    readonly runningMean: TfTensor;
    readonly runningVariance: TfTensor;
  },
): Record<"y" | "mean" | "inverseDeviation" | "runningMean" | "runningVariance", TfTensor> {
  const { variance, ...outputs } = normalize(tf, operands, { axis: WITHIN_CHANNELS, epsilon });
  const count = operands.x.size / variance.size;
  const move = (running: TfTensor, batch: TfTensor, factor: number) =>
    tf.add(tf.mul(running, 1 - momentum), tf.mul(tf.reshape(batch, running.shape), factor));
  return {
    ...outputs,
    runningMean: move(runningMean, outputs.mean, momentum),
    runningVariance: move(runningVariance, variance, momentum * count / (count - 1)),
  };
}

export function batchNormInference(
  tf: TensorFlow,
  { x, scale, shift, mean, variance }: Inputs & {
    readonly mean: TfTensor;
    readonly variance: TfTensor;
  },
  { epsilon }: { readonly epsilon: number },
): TfTensor {
  const factor = tf.div(scale, tf.sqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(tf.sub(tableOf(tf, x), mean), factor), shift);
}

export function batchNormGradient(tf: TensorFlow, operands: GradientInputs): Gradients {
  return gradients(tf, operands, WITHIN_CHANNELS);
}

export function layerNorm(
  tf: TensorFlow,
  operands: Inputs,
  { epsilon }: { readonly epsilon: number },
): Record<"y" | "mean" | "inverseDeviation", TfTensor> {
  return normalize(tf, operands, { axis: WITHIN_ROWS, epsilon });
}

export function layerNormGradient(tf: TensorFlow, operands: GradientInputs): Gradients {
  return gradients(tf, operands, WITHIN_ROWS);
}

/** In two passes: squares of small differences do not cancel. */
function normalize(
  tf: TensorFlow,
  { x, scale, shift }: Inputs,
  { axis, epsilon }: { readonly axis: Axis; readonly epsilon: number },
): Record<"y" | "mean" | "variance" | "inverseDeviation", TfTensor> {
  const table = tableOf(tf, x);
  const mean = meanAlong(tf, table, axis);
  const deviation = tf.sub(table, mean);
  const variance = meanAlong(tf, tf.square(deviation), axis);
  const inverseDeviation = tf.div(1, tf.sqrt(tf.add(variance, epsilon)));
  const y = tf.add(tf.mul(tf.mul(deviation, inverseDeviation), scale), shift);
  return { y, mean, variance, inverseDeviation };
}

/**
 * With `x̂ = (x − mean) · inverse` and `slope = dy · scale`: `dx = inverse · (slope − mean(slope) −
 * x̂ · mean(slope · x̂))` over what is normalised together; `dScale = Σ dy · x̂` and `dShift = Σ dy` over
 * the rows.
 */
function gradients(tf: TensorFlow, operands: GradientInputs, axis: Axis): Gradients {
  const [x, dy] = [tableOf(tf, operands.x), tableOf(tf, operands.dy)];
  const perGroup = axis === WITHIN_CHANNELS ? [1, -1] : [-1, 1];
  const inverse = tf.reshape(operands.inverseDeviation, perGroup);
  const normal = tf.mul(tf.sub(x, tf.reshape(operands.mean, perGroup)), inverse);
  const slope = tf.mul(dy, operands.scale);
  const dot = meanAlong(tf, tf.mul(slope, normal), axis);
  const rest = tf.sub(tf.sub(slope, meanAlong(tf, slope, axis)), tf.mul(normal, dot));
  return {
    dx: tf.mul(rest, inverse),
    dScale: tf.sum(tf.mul(dy, normal), 0),
    dShift: tf.sum(dy, 0),
  };
}

/** `[rows, channels]` of numbers whose last axis are the channels. */
function tableOf(tf: TensorFlow, x: TfTensor): TfTensor {
  return tf.reshape(x, [-1, x.shape.at(-1)!]);
}

/** Means along an axis, which stays, with length 1. */
function meanAlong(tf: TensorFlow, table: TfTensor, axis: Axis): TfTensor {
  return tf.div(tf.sum(table, axis, true), table.shape[axis]!);
}
