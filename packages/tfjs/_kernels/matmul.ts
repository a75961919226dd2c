import type { TensorFlow, TfTensor } from "../_tensorflow.ts";
import { relu } from "./functions.ts";

/** What {@linkcode matmul} may be told. */
export interface MatmulOptions {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Added to the product. */
  readonly addend: TfTensor | null;
  readonly bias: TfTensor | null;
  readonly hasRelu: boolean;
}

export function matmul(
  tf: TensorFlow,
  a: TfTensor,
  b: TfTensor,
  { transposeA, transposeB, addend, bias, hasRelu }: MatmulOptions,
): TfTensor {
  // tfjs wasm has a fast kernel for operands that are not transposed alone.
  const [left, right] = [transposeA ? tf.transpose(a) : a, transposeB ? tf.transpose(b) : b];
  const product = tf.matMul(left, right);
  const sum = addend === null ? product : tf.add(product, addend);
  return finish(tf, sum, { bias, hasRelu });
}

/** What may follow a product or a convolution. */
export function finish(
  tf: TensorFlow,
  x: TfTensor,
  { bias, hasRelu }: { readonly bias: TfTensor | null; readonly hasRelu: boolean },
): TfTensor {
  const y = bias === null ? x : tf.add(x, bias);
  return hasRelu ? relu(tf, y) : y;
}
