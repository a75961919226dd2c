/**
 * N-dimensional arrays and their maths, over one contract that several backends keep.
 *
 * A {@linkcode Tensor} carries its {@linkcode Backend}: there is no global default. Every op takes an
 * optional `out`; without it the result is a new tensor, owned by the caller. Only reading is
 * asynchronous.
 *
 * @example
 * ```ts
 * import { add, argmax, matmul, softmax, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const x = tensor(backend, [[1, 2], [3, 4]]);
 * const weight = tensor(backend, [[1, 0, -1], [0, 1, 1]]);
 * const logits = add(matmul(x, weight), tensor(backend, [0, 0.5, 0]));
 * assertEquals(await argmax(softmax(logits)).data(), new Int32Array([1, 1]));
 * ```
 *
 * @module
 */

export * from "./backend.ts";
export * from "./batch_buffer.ts";
export * from "./dtype.ts";
export * from "./ops/arithmetic.ts";
export * from "./ops/clip.ts";
export * from "./ops/comparison.ts";
export * from "./ops/concatenate.ts";
export * from "./ops/copy.ts";
export * from "./ops/elementwise.ts";
export * from "./ops/gather.ts";
export * from "./ops/matmul.ts";
export * from "./ops/reduction.ts";
export * from "./ops/slice.ts";
export * from "./ops/softmax.ts";
export * from "./ops/transpose.ts";
export * from "./ops/where.ts";
export * from "./shape.ts";
export * from "./shape_error.ts";
export * from "./tensor.ts";
