/**
 * Networks to files of ONNX and back.
 *
 * @example
 * ```ts
 * import { parseOnnx } from "@gradus/onnx";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => parseOnnx(new Uint8Array()), SyntaxError, "it must have a graph: found none");
 * ```
 *
 * @module
 */

export { type DecodedOnnx, decodeOnnx, type DecodeOnnxOptions } from "./decode_onnx.ts";
export { encodeOnnx, type EncodeOnnxOptions } from "./encode_onnx.ts";
export type {
  OnnxAttribute,
  OnnxAttributeValues,
  OnnxDtype,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
} from "./onnx_model.ts";
export { parseOnnx, type ParseOptions } from "./parse_onnx.ts";
export { UnsupportedOnnxError } from "./unsupported_onnx_error.ts";
