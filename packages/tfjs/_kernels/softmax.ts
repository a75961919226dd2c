import type { TensorFlow, TfTensor } from "../_tensorflow.ts";

/** Softmax over the last axis, and its logarithm: of `x − max x`, so that nothing overflows. */
export function softmaxAndLog(tf: TensorFlow, x: TfTensor): { p: TfTensor; logP: TfTensor } {
  const distance = tf.sub(x, tf.max(x, -1, true));
  const e = tf.exp(distance);
  const sum = tf.sum(e, -1, true);
  return { p: tf.div(e, sum), logP: tf.sub(distance, tf.log(sum)) };
}

export function softmaxGradient(
  tf: TensorFlow,
  { y, dy }: { readonly y: TfTensor; readonly dy: TfTensor },
): TfTensor {
  const dot = tf.sum(tf.mul(dy, y), -1, true);
  return tf.mul(y, tf.sub(dy, dot));
}
