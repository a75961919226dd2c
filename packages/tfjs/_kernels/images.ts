import type { TensorFlow, TfTensor } from "../_tensorflow.ts";

/** Rows and columns. */
export type Size = readonly [height: number, width: number];

/** `[n, h, w, c]` of a tensor of images. */
export function imagesShape({ shape }: { readonly shape: readonly number[] }): readonly [
  images: number,
  height: number,
  width: number,
  channels: number,
] {
  return shape as unknown as [number, number, number, number];
}

/** Rows and columns of a tensor of images. */
export function imagesSize(x: { readonly shape: readonly number[] }): Size {
  const [, height, width] = imagesShape(x);
  return [height, width];
}

/**
 * Lays images on a frame of `size`, `padding` below its top and right of its left edge, and `fill`
 * around them; what does not lie on the frame is cut.
 */
export function frame(
  tf: TensorFlow,
  x: TfTensor,
  options: { readonly padding: Size; readonly size: Size; readonly fill?: number },
): TfTensor {
  const { padding: [top, left], size: [rows, columns], fill = 0 } = options;
  const [images, height, width, channels] = imagesShape(x);
  const [bottom, right] = [rows - top - height, columns - left - width];
  const cut = (edge: number) => Math.max(0, -edge);
  const added = (edge: number) => Math.max(0, edge);
  let framed = x;
  if (Math.min(top, left, bottom, right) < 0) {
    framed = tf.slice(framed, [0, cut(top), cut(left), 0], [
      images,
      height - cut(top) - cut(bottom),
      width - cut(left) - cut(right),
      channels,
    ]);
  }
  if (Math.max(top, left, bottom, right) > 0) {
    const paddings: [number, number][] = [
      [0, 0],
      [added(top), added(bottom)],
      [added(left), added(right)],
      [0, 0],
    ];
    framed = tf.pad(framed, paddings, fill);
  }
  return framed;
}

/** Images with rows and columns of zeros behind each of their own, which then lie so far apart. */
export function spread(tf: TensorFlow, x: TfTensor, [rows, columns]: Size): TfTensor {
  if (rows === 1 && columns === 1) return x;
  const [images, height, width, channels] = imagesShape(x);
  const addZeros = (x: TfTensor, count: number) => tf.pad(x, [[0, 0], [0, 0], [0, count], [0, 0]]);
  const tall = addZeros(tf.reshape(x, [images, height, 1, width * channels]), rows - 1);
  const wide = addZeros(
    tf.reshape(tall, [images * height * rows, width, 1, channels]),
    columns - 1,
  );
  return tf.reshape(wide, [images, height * rows, width * columns, channels]);
}

/** What lies `stride` apart in images, `size` rows and columns from `start` on: undoes {@linkcode spread}. */
export function takeEvery(
  tf: TensorFlow,
  x: TfTensor,
  { start, stride, size }: { readonly start: Size; readonly stride: Size; readonly size: Size },
): TfTensor {
  const [images, , , channels] = imagesShape(x);
  const [rows, columns] = size;
  const framed = frame(tf, x, {
    padding: [-start[0], -start[1]],
    size: [rows * stride[0], columns * stride[1]],
  });
  if (stride[0] === 1 && stride[1] === 1) return framed;
  // As slices of rows, which take a tenth of the time of `tf.stridedSlice`.
  const cells = tf.reshape(framed, [images * rows, stride[0], columns, stride[1] * channels]);
  const first = tf.slice(cells, [0, 0, 0, 0], [-1, 1, -1, channels]);
  return tf.reshape(first, [images, rows, columns, channels]);
}
