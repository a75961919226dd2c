/**
 * Models as LayersModels of TensorFlow.js, and LayersModels as models: `model.json` and files of weights.
 *
 * {@linkcode exportLayersModel} makes the files that `tf.loadLayersModel` reads, {@linkcode importLayersModel}
 * reads those that `LayersModel.save` or the converter for Keras wrote. Layers are those of closed lists in
 * both directions; what cannot be expressed is an error that names all of it.
 *
 * @example There and back
 * ```ts
 * import { BatchNorm, Conv2d, Dense, Flatten, Relu, Residual, Sequential } from "@gradus/layers";
 * import { exportLayersModel, importLayersModel } from "@gradus/layers-model";
 * import { random } from "@gradus/random";
 * import { full } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const convolution = () => new Conv2d(4, { kernel: 3, padding: "same" });
 * const model = new Sequential([
 *   convolution(),
 *   new Residual([new BatchNorm(), new Relu(), convolution()]),
 *   new Flatten(),
 *   new Dense(10),
 * ]);
 * model.init([8, 8, 3], { backend, random: random(0) });
 *
 * const copy = importLayersModel(await exportLayersModel({ model }), { backend });
 * const x = full(backend, [1, 8, 8, 3], { value: 0.5 });
 * assertEquals(await copy.predict(x).data(), await model.predict(x).data());
 * ```
 *
 * @module
 */

export * from "./export_layers_model.ts";
export * from "./import_layers_model.ts";
export * from "./shard_names.ts";
