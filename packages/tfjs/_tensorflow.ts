import type * as core from "@tensorflow/tfjs-core";

/** What the ops of TensorFlow.js are called on: `@tensorflow/tfjs-core`, or what re-exports it. */
export type TensorFlow = typeof core;

/** A tensor of TensorFlow.js: immutable, of any rank. */
export type TfTensor = core.Tensor;

/** Images or kernels of convolutions. */
export type TfTensor4D = core.Tensor4D;
