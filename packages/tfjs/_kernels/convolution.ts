import type { Conv2dGeometry } from "@gradus/tensor";
import type { TensorFlow, TfTensor, TfTensor4D } from "../_tensorflow.ts";
import { frame, imagesShape, type Size, spread, takeEvery } from "./images.ts";

/** Where a convolution's kernel stands, and rows and columns of its result. */
type Convolution = Conv2dGeometry & { readonly size: Size };

/** `y [n, h, w, out]`. */
export function conv2d(
  tf: TensorFlow,
  x: TfTensor,
  kernel: TfTensor,
  { size, stride, padding, dilation, groups }: Convolution,
): TfTensor {
  const [height, width, inner, filters] = imagesShape(kernel);
  const framed = frame(tf, x, {
    padding,
    size: [
      (size[0] - 1) * stride[0] + (height - 1) * dilation[0] + 1,
      (size[1] - 1) * stride[1] + (width - 1) * dilation[1] + 1,
    ],
  });
  // tfjs has strides or holes: where there are both, a denser result holds the one that is asked.
  const isDense = Math.max(...stride) > 1 && Math.max(...dilation) > 1;
  const slide = (op: typeof tf.conv2d | typeof tf.depthwiseConv2d, x: TfTensor, kernel: TfTensor) =>
    op(
      x as TfTensor4D,
      kernel as TfTensor4D,
      isDense ? 1 : [...stride],
      "valid",
      "NHWC",
      [...dilation],
    );
  let y: TfTensor;
  if (groups === 1) {
    y = slide(tf.conv2d, framed, kernel);
  } else if (inner === 1) {
    const kernels = tf.reshape(kernel, [height, width, groups, filters / groups]);
    y = slide(tf.depthwiseConv2d, framed, kernels);
  } else {
    const [xs, kernels] = [tf.split(framed, groups, 3), tf.split(kernel, groups, 3)];
    y = tf.concat(xs.map((x, group) => slide(tf.conv2d, x, kernels[group]!)), 3);
  }
  return isDense ? takeEvery(tf, y, { start: [0, 0], stride, size }) : y;
}

/**
 * `dx [n, h, w, c]`: a number of x meets the taps in reverse, so it is the convolution of dy, with its
 * rows and columns a stride apart, by the kernel that is turned by 180° and has its inputs for outputs.
 */
export function conv2dInputGradient(
  tf: TensorFlow,
  dy: TfTensor,
  kernel: TfTensor,
  { size, stride, padding, dilation, groups }: Convolution,
): TfTensor {
  const [height, width, inner, filters] = imagesShape(kernel);
  const turned = tf.reverse(kernel, [0, 1]);
  const grouped = tf.reshape(turned, [height, width, inner, groups, filters / groups]);
  const exchanged = tf.transpose(grouped, [0, 1, 4, 3, 2]);
  const kernels = tf.reshape(exchanged, [height, width, filters / groups, groups * inner]);
  return conv2d(tf, spread(tf, dy, stride), kernels, {
    size,
    stride: [1, 1],
    padding: [(height - 1) * dilation[0] - padding[0], (width - 1) * dilation[1] - padding[1]],
    dilation,
    groups,
  });
}

/**
 * `dkernel [h, w, in / groups, out]`: a tap meets a number of x for each number of dy, so it is the
 * convolution of x by dy, with channels for images, images for channels, and strides for holes.
 *
 * tfjs's own kernel for it is missing on its wasm backend, and fifty times slower on its cpu one.
 */
export function conv2dKernelGradient(
  tf: TensorFlow,
  x: TfTensor,
  dy: TfTensor,
  { size, stride, padding, dilation, groups }: Convolution,
): TfTensor {
  const [xs, dys] = groups === 1 ? [[x], [dy]] : [tf.split(x, groups, 3), tf.split(dy, groups, 3)];
  const taps = xs.map((x, group) =>
    conv2d(tf, tf.transpose(x, [3, 1, 2, 0]), tf.transpose(dys[group]!, [1, 2, 0, 3]), {
      size,
      stride: dilation,
      padding,
      dilation: stride,
      groups: 1,
    })
  );
  return tf.transpose(tf.concat(taps, 3), [1, 2, 0, 3]);
}
