import { broadcastShapes, type Shape, sizeOf } from "@gradus/tensor";
import type { TensorFlow, TfTensor } from "../_tensorflow.ts";

/**
 * `condition ? a : b`, broadcast; a number takes the type of the other operand.
 *
 * `tf.where` alone repeats what is smaller by `tf.broadcastTo`, which takes ten times as long as the
 * choice, and has four axes at most on webgpu.
 */
export function where(
  tf: TensorFlow,
  condition: TfTensor,
  a: TfTensor | number,
  b: TfTensor | number,
): TfTensor {
  const tensors = [condition, a, b].filter((x) => typeof x !== "number");
  const shape = [...tensors.map((x): Shape => x.shape).reduce(broadcastShapes)];
  const size = sizeOf(shape);
  const dtype = typeof a !== "number" ? a.dtype : typeof b !== "number" ? b.dtype : "float32";
  const flatten = (x: TfTensor | number) => {
    if (typeof x === "number") return tf.fill([size], x, dtype as "float32");
    return tf.reshape(x.size === size ? x : tf.broadcastTo(x, shape), [size]);
  };
  const isChosen = condition.size === size
    ? condition
    : tf.greater(tf.add(tf.zeros(shape), tf.cast(condition, "float32")), 0);
  return tf.reshape(tf.where(flatten(isChosen), flatten(a), flatten(b)), shape);
}
