/**
 * The backend contract over the kernels of TensorFlow.js, on whichever of its backends is set: `cpu`,
 * `wasm`, `webgl`, `webgpu` or `node`.
 *
 * {@linkcode tfjs} opens it. It is there for browsers that have WebGL and no WebGPU, and as an oracle:
 * its kernels were written by others. It trains convolutions on tfjs wasm too, for which TensorFlow.js
 * itself has no kernel gradient. Bytes need not be the same from run to run, and steps allocate.
 *
 * @example Train on tfjs wasm
 * ```ts
 * import { Batches, iris } from "@gradus/data";
 * import { Dense, Relu, Sequential } from "@gradus/layers";
 * import { SoftmaxCrossEntropy } from "@gradus/losses";
 * import { Sgd } from "@gradus/optim";
 * import { random } from "@gradus/random";
 * import { tfjs } from "@gradus/tfjs";
 * import { fit } from "@gradus/train";
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-wasm";
 * import { assert } from "@std/assert";
 *
 * tf.enableProdMode(); // without its advice to install another package
 * const backend = await tfjs({ tf, backend: "wasm" });
 * const model = new Sequential([new Dense(16), new Relu(), new Dense(3)]);
 * model.init([4], { backend, random: random(0) });
 * const loss = new SoftmaxCrossEntropy();
 * const optimizer = new Sgd(model.parameters, { learningRate: 0.02, momentum: 0.9 });
 * const batches = new Batches(iris(), { size: 30, seed: 0 });
 * const losses: number[] = [];
 * for await (const step of fit({ model, loss, optimizer, batches, epochs: 8 })) {
 *   if (step.isLast) losses.push((await step.epochMeans()).loss);
 * }
 * assert(losses.at(-1)! < 0.5 * losses[0]!);
 * await backend.close();
 * ```
 *
 * @module
 */

export * from "./tfjs.ts";
export * from "./unsupported_error.ts";
