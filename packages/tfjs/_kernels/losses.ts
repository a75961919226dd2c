import type { PointwiseLossOp } from "@gradus/tensor";
import type { TensorFlow, TfTensor } from "../_tensorflow.ts";
import { relu, sign, softplus } from "./functions.ts";
import { gather } from "./movement.ts";
import { argReduce, reduce } from "./reduction.ts";
import { softmaxAndLog } from "./softmax.ts";
import { where } from "./where.ts";

export function softmaxCrossEntropy(
  tf: TensorFlow,
  { logits, target, weight }: {
    readonly logits: TfTensor;
    readonly target: TfTensor;
    readonly weight: TfTensor | null;
  },
  { labelSmoothing }: { readonly labelSmoothing: number },
): { loss: TfTensor; gradient: TfTensor } {
  const [rows, classes] = logits.shape as [number, number];
  const table = tableOf(tf, target, classes);
  const smooth = labelSmoothing === 0
    ? table
    : tf.add(tf.mul(table, 1 - labelSmoothing), labelSmoothing / classes);
  const weighted = weight === null ? smooth : tf.mul(smooth, weight);
  const count = weight !== null && target.rank === 1
    ? tf.sum(gather(tf, weight, { indices: target, axis: 0 }))
    : tf.scalar(rows);
  const { p, logP } = softmaxAndLog(tf, logits);
  // ∂L/∂logit_j = (p_j Σ_c w_c t_c − w_j t_j) / count.
  const slopes = tf.sub(tf.mul(p, tf.sum(weighted, 1, true)), weighted);
  return {
    loss: tf.neg(tf.div(tf.sum(timesTarget(tf, weighted, logP)), count)),
    gradient: tf.div(slopes, count),
  };
}

export function crossEntropy(tf: TensorFlow, p: TfTensor, target: TfTensor): TfTensor {
  const [rows, classes] = p.shape as [number, number];
  const terms = timesTarget(tf, tableOf(tf, target, classes), tf.log(p));
  return tf.neg(tf.div(tf.sum(terms), rows));
}

export function crossEntropyGradient(tf: TensorFlow, p: TfTensor, target: TfTensor): TfTensor {
  const [rows, classes] = p.shape as [number, number];
  const table = tableOf(tf, target, classes);
  const slopes = tf.neg(tf.div(table, tf.mul(p, rows)));
  return where(tf, tf.equal(table, 0), table, slopes);
}

interface PointwiseLoss {
  readonly loss: (tf: TensorFlow, numbers: PointwiseNumbers) => TfTensor;
  readonly slope: (tf: TensorFlow, numbers: PointwiseNumbers) => TfTensor;
}

interface PointwiseNumbers {
  readonly prediction: TfTensor;
  readonly target: TfTensor;
  readonly delta: number;
}

const pointwiseLosses: Record<PointwiseLossOp, PointwiseLoss> = {
  squaredError: {
    loss: (tf, { prediction, target }) => tf.square(tf.sub(prediction, target)),
    slope: (tf, { prediction, target }) => tf.mul(tf.sub(prediction, target), 2),
  },
  absoluteError: {
    loss: (tf, { prediction, target }) => tf.abs(tf.sub(prediction, target)),
    slope: (tf, { prediction, target }) => sign(tf, tf.sub(prediction, target)),
  },
  huber: {
    loss: (tf, { prediction, target, delta }) => {
      const distance = tf.abs(tf.sub(prediction, target));
      const near = tf.mul(tf.square(distance), 0.5);
      const far = tf.mul(tf.sub(distance, delta / 2), delta);
      return where(tf, tf.lessEqual(distance, delta), near, far);
    },
    slope: (tf, { prediction, target, delta }) =>
      tf.clipByValue(tf.sub(prediction, target), -delta, delta),
  },
  binaryCrossEntropyWithLogits: {
    loss: (tf, { prediction, target }) =>
      tf.sub(softplus(tf, prediction), tf.mul(target, prediction)),
    slope: (tf, { prediction, target }) => tf.sub(tf.sigmoid(prediction), target),
  },
  hinge: {
    loss: (tf, { prediction, target }) => relu(tf, tf.sub(1, tf.mul(target, prediction))),
    slope: (tf, { prediction, target }) => {
      const isWithin = tf.greater(tf.sub(1, tf.mul(target, prediction)), 0);
      return where(tf, isWithin, tf.neg(target), 0);
    },
  },
};

export function pointwiseLoss(
  tf: TensorFlow,
  op: PointwiseLossOp,
  numbers: PointwiseNumbers,
): TfTensor {
  const x = pointwiseLosses[op].loss(tf, numbers);
  return reduce(tf, "mean", { x, axes: x.shape.map((_, axis) => axis) });
}

export function pointwiseLossGradient(
  tf: TensorFlow,
  op: PointwiseLossOp,
  numbers: PointwiseNumbers,
): TfTensor {
  return tf.div(pointwiseLosses[op].slope(tf, numbers), numbers.prediction.size);
}

export function countCorrect(tf: TensorFlow, prediction: TfTensor, target: TfTensor): TfTensor {
  const first = argReduce(tf, "argmax", { x: prediction, axis: 1 });
  const label = target.rank === 1 ? target : argReduce(tf, "argmax", { x: target, axis: 1 });
  return tf.sum(tf.equal(first, label));
}

/** Targets `[n, classes]`, also of labels `[n]`; the row of a label out of range is NaN. */
function tableOf(tf: TensorFlow, target: TfTensor, classes: number): TfTensor {
  if (target.rank === 2) return target;
  const labels = tf.expandDims(target, 1);
  const isLabel = tf.equal(labels, tf.range(0, classes, 1, "int32"));
  const isInside = tf.any(isLabel, 1, true);
  return where(tf, isInside, tf.cast(isLabel, "float32"), NaN);
}

/** `target · x`, but 0 where the target is 0, whatever x: 0 · ln 0 is 0. */
function timesTarget(tf: TensorFlow, target: TfTensor, x: TfTensor): TfTensor {
  return where(tf, tf.equal(target, 0), target, tf.mul(target, x));
}
