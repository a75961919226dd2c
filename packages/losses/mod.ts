/**
 * What a network is trained to make small: losses with their gradients, derived by hand.
 *
 * {@linkcode Loss.forward} gives the mean cost of a batch, {@linkcode Loss.backward} its gradient
 * with respect to the prediction, and {@linkcode Loss.checkTarget} refuses targets without a
 * meaning before they are uploaded. For classes: {@linkcode SoftmaxCrossEntropy} on logits,
 * {@linkcode CrossEntropy} on probabilities. For yes and no:
 * {@linkcode BinaryCrossEntropyWithLogits}, {@linkcode Hinge}. For quantities:
 * {@linkcode MeanSquaredError}, {@linkcode MeanAbsoluteError}, {@linkcode Huber}.
 *
 * @example Train one number
 * ```ts
 * import { MeanSquaredError } from "@gradus/losses";
 * import { multiply, subtract, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const backend = reference();
 * const loss = new MeanSquaredError();
 * const target = tensor(backend, [[3]]);
 * const prediction = tensor(backend, [[0]]);
 * loss.checkTarget({ data: new Float32Array([3]), shape: [1, 1] }, [1]);
 * for (let step = 0; step < 50; step++) {
 *   loss.forward(prediction, target);
 *   subtract(prediction, multiply(0.1, loss.backward()), { out: prediction });
 * }
 *
 * assertAlmostEquals(await prediction.item(), 3, 1e-3);
 * ```
 *
 * @module
 */

export { BinaryCrossEntropyWithLogits } from "./binary_cross_entropy_with_logits.ts";
export { CrossEntropy } from "./cross_entropy.ts";
export { Hinge } from "./hinge.ts";
export { Huber, type HuberOptions } from "./huber.ts";
export type { Loss, LossTarget } from "./loss.ts";
export { MeanAbsoluteError } from "./mean_absolute_error.ts";
export { MeanSquaredError } from "./mean_squared_error.ts";
export { ScaledLoss } from "./scaled_loss.ts";
export { SoftmaxCrossEntropy, type SoftmaxCrossEntropyOptions } from "./softmax_cross_entropy.ts";
