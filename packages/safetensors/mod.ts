/**
 * Named arrays to bytes and back, in the safetensors format, which PyTorch, JAX, candle and others
 * read and write.
 *
 * A file is the length of its header (8 bytes, little-endian), the header in JSON, which gives the
 * type, shape and place of each array, and the arrays one after another. Nothing in it is ever
 * executed, and {@linkcode decodeSafetensors} believes nothing that it has not checked: a file that
 * breaks the format in any way is refused with the byte where it does.
 *
 * @example Weights to bytes and back
 * ```ts
 * import { decodeSafetensors, encodeSafetensors } from "@gradus/safetensors";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encodeSafetensors({
 *   "0.weight": { shape: [2, 2], data: new Float32Array([1, 2, 3, 4]) },
 *   "0.bias": { shape: [2], data: new Float32Array([5, 6]) },
 * }, { metadata: { epoch: "3" } });
 *
 * const { tensors, metadata } = decodeSafetensors(bytes, { name: "model.safetensors" });
 * assertEquals(tensors.get("0.bias"), {
 *   dtype: "F32",
 *   shape: [2],
 *   data: new Float32Array([5, 6]),
 * });
 * assertEquals(metadata.get("epoch"), "3");
 * ```
 *
 * @module
 */

export {
  type DecodedSafetensors,
  type DecodeOptions,
  decodeSafetensors,
} from "./decode_safetensors.ts";
export { type EncodeOptions, encodeSafetensors } from "./encode_safetensors.ts";
export { type Dtype, type NamedArray, type NumberArray } from "./named_array.ts";
