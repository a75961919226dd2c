/**
 * Layers of neural networks, each with its forward and its backward written by hand.
 *
 * A {@linkcode Layer} is initialised for a shape of input, computes its output from a batch, and takes
 * the gradient of the loss back. {@linkcode Sequential} puts layers one behind the other,
 * {@linkcode Residual} beside each other. Images are `[batch, height, width, channels]`. Initialisers are
 * functions of a shape and a random stream.
 *
 * @example
 * ```ts
 * import { Dense, heNormal, Relu, Sequential } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const model = new Sequential([
 *   new Dense(16, { weightInit: heNormal() }),
 *   new Relu(),
 *   new Dense(3),
 * ]);
 * model.init([4], { backend: reference(), random: random(0) });
 * assertEquals(
 *   model.summary(),
 *   `layer    output  parameters
 * input    [4]              0
 * 0 Dense  [16]            80
 * 1 Relu   [16]             0
 * 2 Dense  [3]             51
 * 131 parameters`,
 * );
 * ```
 *
 * @module
 */

export * from "./arctan.ts";
export * from "./average_pool2d.ts";
export * from "./batch_norm.ts";
export * from "./conv2d.ts";
export * from "./create_parameter.ts";
export * from "./dense.ts";
export * from "./dropout.ts";
export * from "./elu.ts";
export * from "./flatten.ts";
export * from "./forward_pass.ts";
export * from "./gelu.ts";
export * from "./global_average_pool2d.ts";
export * from "./global_max_pool2d.ts";
export * from "./initializers/constant.ts";
export * from "./initializers/distribution.ts";
export * from "./initializers/fan_scaled.ts";
export * from "./initializers/fans.ts";
export * from "./initializers/gain.ts";
export * from "./initializers/identity.ts";
export * from "./initializers/initializer.ts";
export * from "./initializers/orthogonal.ts";
export * from "./initializers/sparse.ts";
export * from "./initializers/whitening.ts";
export * from "./layer.ts";
export * from "./layer_from_json.ts";
export * from "./layer_norm.ts";
export * from "./layer_record.ts";
export * from "./layer_shapes.ts";
export * from "./leaky_relu.ts";
export * from "./linear.ts";
export * from "./max_pool2d.ts";
export * from "./padding2d.ts";
export * from "./relu.ts";
export * from "./residual.ts";
export * from "./scale.ts";
export * from "./sequential.ts";
export * from "./sigmoid.ts";
export * from "./silu.ts";
export * from "./size2d.ts";
export * from "./softmax.ts";
export * from "./softplus.ts";
export * from "./tanh.ts";
