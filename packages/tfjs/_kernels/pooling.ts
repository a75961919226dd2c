import type { PoolGeometry, Shape } from "@gradus/tensor";
import type { TensorFlow, TfTensor } from "../_tensorflow.ts";
import { conv2d, conv2dInputGradient } from "./convolution.ts";
import { frame, imagesShape, imagesSize, type Size, spread, takeEvery } from "./images.ts";
import { where } from "./where.ts";

/** The windows of a pooling over images: where they stand, and how many. */
interface Windows extends PoolGeometry {
  /** Shape of x. */
  readonly shape: Shape;
  /** Rows and columns of y. */
  readonly size: Size;
}

/** The largest number of each window and its place in x, `null` where it is not asked. */
export function maxPool2d(
  tf: TensorFlow,
  x: TfTensor,
  { hasIndices, ...windows }: Omit<Windows, "shape"> & { readonly hasIndices: boolean },
): { y: TfTensor; indices: TfTensor | null } {
  const { window, stride, padding, size } = windows;
  const [, , width, channels] = imagesShape(x);
  const framed = frame(tf, x, {
    padding,
    size: [(size[0] - 1) * stride[0] + window[0], (size[1] - 1) * stride[1] + window[1]],
    fill: -Infinity,
  });
  const takeTap = ([row, column]: Size) =>
    takeEvery(tf, framed, { start: [row, column], stride, size });
  const [first, ...others] = tapsOf(window);
  let y = takeTap(first!);
  // The place in the window, in pixels: where nothing leads, of the first number that lies inside x.
  const firstInside = perWindow(
    tf,
    windows,
    "int32",
    (top, left) => Math.max(0, -top) * width + Math.max(0, -left),
  );
  let place: TfTensor = tf.add(tf.zeros(y.shape, "int32"), firstInside);
  for (const tap of others) {
    const value = takeTap(tap);
    // Only a larger number, or the first NaN, takes the lead: a tie stays with the first.
    const takesLead = tf.logicalAnd(
      tf.logicalNot(tf.lessEqual(value, y)),
      tf.logicalNot(tf.isNaN(y)),
    );
    y = where(tf, takesLead, value, y);
    if (hasIndices) place = where(tf, takesLead, tap[0] * width + tap[1], place);
  }
  if (!hasIndices) return { y, indices: null };
  const start = windowStarts(tf, { shape: x.shape, ...windows });
  return { y, indices: tf.add(tf.mul(place, whole(tf, channels)), start) };
}

/** For each tap, the dy of the windows that chose it, where it stands. */
export function maxPool2dGradient(
  tf: TensorFlow,
  { dy, indices }: { readonly dy: TfTensor; readonly indices: TfTensor },
  windows: Windows,
): TfTensor {
  const { window, stride, padding, shape } = windows;
  const [, , width, channels] = imagesShape(windows);
  const place = tf.sub(indices, windowStarts(tf, windows));
  return tapsOf(window).map(([row, column]): TfTensor => {
    const isChosen = tf.equal(place, whole(tf, (row * width + column) * channels));
    return frame(tf, spread(tf, where(tf, isChosen, dy, 0), stride), {
      padding: [row - padding[0], column - padding[1]],
      size: imagesSize({ shape }),
    });
  }).reduce((sum, given) => tf.add(sum, given));
}

/** A sum, which is the convolution of each channel by ones, over how many numbers lie inside x. */
export function averagePool2d(tf: TensorFlow, x: TfTensor, windows: Windows): TfTensor {
  const { ones, geometry } = summing(tf, windows);
  const sums = conv2d(tf, x, ones, { ...geometry, size: windows.size });
  return tf.div(sums, countsInside(tf, windows));
}

export function averagePool2dGradient(
  tf: TensorFlow,
  dy: TfTensor,
  windows: Windows,
): TfTensor {
  const { ones, geometry } = summing(tf, windows);
  const shares = tf.div(dy, countsInside(tf, windows));
  return conv2dInputGradient(tf, shares, ones, { ...geometry, size: imagesSize(windows) });
}

/** The convolution that adds up each window. */
function summing(tf: TensorFlow, { shape, window, stride, padding }: Windows) {
  const [, , , channels] = imagesShape({ shape });
  const geometry = { stride, padding, dilation: [1, 1], groups: channels } as const;
  return { ones: tf.ones([...window, 1, channels]), geometry };
}

/** How many numbers of each window lie inside x, `[1, h, w, 1]`. */
function countsInside(tf: TensorFlow, windows: Windows): TfTensor {
  const [height, width] = imagesSize(windows);
  const inside = (start: number, length: number, end: number) =>
    Math.min(start + length, end) - Math.max(start, 0);
  return perWindow(tf, windows, "float32", (top, left) => {
    return inside(top, windows.window[0], height) * inside(left, windows.window[1], width);
  });
}

/** The place in x where each window of each channel starts, which may lie outside x, `[n, h, w, c]`. */
function windowStarts(tf: TensorFlow, windows: Windows): TfTensor {
  const [images, height, width, channels] = imagesShape(windows);
  const image = tf.mul(tf.range(0, images, 1, "int32"), whole(tf, height * width * channels));
  const pixel = perWindow(
    tf,
    windows,
    "int32",
    (top, left) => (top * width + left) * channels,
  );
  const channel = tf.range(0, channels, 1, "int32");
  return tf.add(tf.add(tf.reshape(image, [images, 1, 1, 1]), pixel), channel);
}

/** A number for each window, from where its first row and column lie in x, `[1, h, w, 1]`. */
function perWindow(
  tf: TensorFlow,
  { size, stride, padding }: Omit<Windows, "shape">,
  dtype: "float32" | "int32",
  of: (top: number, left: number) => number,
): TfTensor {
  const [rows, columns] = size;
  const values = Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return of(row * stride[0] - padding[0], column * stride[1] - padding[1]);
  });
  return tf.tensor(values, [1, rows, columns, 1], dtype);
}

/** Rows and columns of a window's numbers, in order. */
function tapsOf([rows, columns]: Size): Size[] {
  return Array.from({ length: rows * columns }, (_, i) => [Math.floor(i / columns), i % columns]);
}

function whole(tf: TensorFlow, value: number): TfTensor {
  return tf.scalar(value, "int32");
}
