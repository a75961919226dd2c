/**
 * Training: the loop, evaluation, metrics, gradient checks, early stopping, checkpoints, and a folder
 * for each experiment.
 *
 * {@linkcode fit} yields after every step, and the caller does the rest: it is short enough to be copied
 * and changed.
 *
 * @example
 * ```ts
 * import { Batches, iris } from "@gradus/data";
 * import { Dense, Relu, Sequential } from "@gradus/layers";
 * import { SoftmaxCrossEntropy } from "@gradus/losses";
 * import { Sgd } from "@gradus/optim";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { fit } from "@gradus/train";
 * import { assert } from "@std/assert";
 *
 * const model = new Sequential([new Dense(16), new Relu(), new Dense(3)]);
 * model.init([4], { backend: reference(), random: random(0) });
 * const loss = new SoftmaxCrossEntropy();
 * const optimizer = new Sgd(model.parameters, { learningRate: 0.01, momentum: 0.9 });
 * const batches = new Batches(iris(), { size: 16, seed: 0 });
 *
 * for await (const step of fit({ model, loss, optimizer, batches, epochs: 30 })) {
 *   if (step.epoch < 29 || !step.isLast) continue;
 *   assert((await step.epochMeans()).accuracy! > 0.9);
 * }
 * ```
 *
 * @module
 */

export * from "./batch_source.ts";
export * from "./checkpoint.ts";
export * from "./class_report.ts";
export * from "./confusion_matrix.ts";
export * from "./early_stopping.ts";
export * from "./epoch_charts.ts";
export * from "./epoch_entry.ts";
export * from "./evaluate.ts";
export * from "./fit.ts";
export * from "./gradient_check.ts";
export * from "./means.ts";
export * from "./model_file.ts";
export * from "./named_tensor.ts";
export * from "./open_model.ts";
export * from "./parameter_statistics.ts";
export * from "./run.ts";
export * from "./weight_average.ts";
export * from "./whole_file.ts";
