import type { ReduceOp } from "@gradus/tensor";
import type { TensorFlow, TfTensor } from "../_tensorflow.ts";
import { where } from "./where.ts";

type Fold = (tf: TensorFlow, x: TfTensor, axes: number[]) => TfTensor;

const folds: Record<ReduceOp, Fold> = {
  sum: (tf, x, axes) => tf.sum(x, axes),
  // Not tf.mean, which divides each number before it adds.
  mean: (tf, x, axes) => {
    const sum = tf.sum(x, axes);
    return tf.div(sum, x.size / sum.size);
  },
  max: (tf, x, axes) => handNan(tf, { x, axes, y: tf.max(x, axes) }),
  min: (tf, x, axes) => handNan(tf, { x, axes, y: tf.min(x, axes) }),
  product: (tf, x, axes) => tf.prod(x, axes),
};

/** `y`, but NaN where one of the folded numbers is: not every kernel of tfjs hands it on. */
function handNan(
  tf: TensorFlow,
  { x, axes, y }: { readonly x: TfTensor; readonly axes: number[]; readonly y: TfTensor },
): TfTensor {
  return where(tf, tf.any(tf.isNaN(x), axes), NaN, y);
}

export function reduce(
  tf: TensorFlow,
  op: ReduceOp,
  { x, axes }: { readonly x: TfTensor; readonly axes: readonly number[] },
): TfTensor {
  // To tfjs no axes may be all.
  return axes.length === 0 ? x : folds[op](tf, x, [...axes]);
}

/** The first NaN, else the first extreme. */
export function argReduce(
  tf: TensorFlow,
  op: "argmax" | "argmin",
  { x, axis }: { readonly x: TfTensor; readonly axis: number },
): TfTensor {
  const isNan = tf.isNaN(x);
  const firstNan = tf.argMax(tf.cast(isNan, "float32"), axis);
  const first = op === "argmax" ? tf.argMax(x, axis) : tf.argMin(x, axis);
  return where(tf, tf.any(isNan, axis), firstNan, first);
}
