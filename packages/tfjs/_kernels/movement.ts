import type { Shape } from "@gradus/tensor";
import type { TensorFlow, TfTensor } from "../_tensorflow.ts";
import { where } from "./where.ts";

export function slice(
  tf: TensorFlow,
  x: TfTensor,
  { start, step, shape }: {
    readonly start: readonly number[];
    readonly step: readonly number[];
    readonly shape: Shape;
  },
): TfTensor {
  if (shape.length === 0) return x;
  // Where the step is 1 a range, elsewhere a list of places: `tf.stridedSlice` has no int32 on wasm.
  const isRange = step.map((step) => step === 1);
  const ranges = tf.slice(
    x,
    start.map((first, axis) => isRange[axis] ? first : 0),
    x.shape.map((length, axis) => isRange[axis] ? shape[axis]! : length),
  );
  return start.reduce((x: TfTensor, first, axis) => {
    if (isRange[axis]) return x;
    const places = Array.from({ length: shape[axis]! }, (_, i) => first + i * step[axis]!);
    return tf.gather(x, tf.tensor1d(places, "int32"), axis);
  }, ranges);
}

export function paste(
  tf: TensorFlow,
  x: TfTensor,
  { axis, start, out }: { readonly axis: number; readonly start: number; readonly out: TfTensor },
): TfTensor {
  const length = out.shape[axis]!;
  const end = start + x.shape[axis]!;
  const range = (from: number, to: number) =>
    tf.slice(
      out,
      out.shape.map((_, own) => own === axis ? from : 0),
      out.shape.map((length, own) => own === axis ? to - from : length),
    );
  const parts = [x];
  if (start > 0) parts.unshift(range(0, start));
  if (end < length) parts.push(range(end, length));
  return parts.length === 1 ? x : tf.concat(parts, axis);
}

export function gather(
  tf: TensorFlow,
  x: TfTensor,
  { indices, axis }: { readonly indices: TfTensor; readonly axis: number },
): TfTensor {
  const { places, isInside } = nearestPlaces(tf, indices, x.shape[axis]!);
  const nothing = x.dtype === "int32" ? 0 : NaN;
  return where(tf, along(tf, isInside, x, axis), tf.gather(x, places, axis), nothing);
}

export function gatherGradient(
  tf: TensorFlow,
  dy: TfTensor,
  { indices, axis, length }: {
    readonly indices: TfTensor;
    readonly axis: number;
    readonly length: number;
  },
): TfTensor {
  const { places, isInside } = nearestPlaces(tf, indices, length);
  const added = where(tf, along(tf, isInside, dy, axis), dy, 0);
  // tfjs scatters along the first axis: exchanged with it, and back.
  const exchange = dy.shape.map((_, own) => own === axis ? 0 : own === 0 ? axis : own);
  const rows = tf.transpose(added, exchange);
  const sums = tf.scatterND(tf.expandDims(places, 1), rows, [length, ...rows.shape.slice(1)]);
  return tf.transpose(sums, exchange);
}

/** Which indices are below `length`, and for the others an index that is: tfjs throws at one that is not. */
function nearestPlaces(
  tf: TensorFlow,
  indices: TfTensor,
  length: number,
): { places: TfTensor; isInside: TfTensor } {
  const [first, last] = [tf.scalar(0, "int32"), tf.scalar(length - 1, "int32")];
  const places = tf.minimum(tf.maximum(indices, first), last);
  return { places, isInside: tf.equal(places, indices) };
}

/** A vector in a shape that broadcasts along one axis. */
function along(tf: TensorFlow, vector: TfTensor, { shape }: TfTensor, axis: number): TfTensor {
  return tf.reshape(vector, shape.map((_, own) => own === axis ? vector.size : 1));
}
