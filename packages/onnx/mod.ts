/**
 * Networks to files of ONNX, which onnxruntime and others run, and back, also from files of PyTorch.
 *
 * {@linkcode encodeOnnx} writes a trained model, {@linkcode decodeOnnx} makes a model of a file, and
 * {@linkcode parseOnnx} tells what is in one, whatever it is. `docs/onnx.md` tells what becomes of each
 * layer.
 *
 * @example
 * ```ts
 * import { Dense, Relu, Sequential } from "@gradus/layers";
 * import { decodeOnnx, encodeOnnx } from "@gradus/onnx";
 * import { random } from "@gradus/random";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const trained = new Sequential([new Dense(16), new Relu(), new Dense(3)]);
 * trained.init([4], { backend, random: random(0) });
 *
 * const bytes = await encodeOnnx(trained);
 * const { model } = decodeOnnx(bytes, { backend, name: "iris.onnx" });
 * const flower = tensor(backend, [[5.1, 3.5, 1.4, 0.2]]);
 * assertEquals(await model.predict(flower).data(), await trained.predict(flower).data());
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
