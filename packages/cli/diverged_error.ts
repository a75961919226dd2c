/**
 * Training went astray: a program shows its one line and ends with exit code 1.
 *
 * @example
 * ```ts
 * import { DivergedError, trainClassifier } from "@gradus/cli";
 * import { Batches, iris } from "@gradus/data";
 * import { Dense } from "@gradus/layers";
 * import { SoftmaxCrossEntropy } from "@gradus/losses";
 * import { Sgd } from "@gradus/optim";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { openRun } from "@gradus/train";
 * import { assertRejects } from "@std/assert";
 *
 * const backend = reference();
 * const model = new Dense(3);
 * model.init([4], { backend, random: random(0) });
 * const training = new Batches(iris(), { size: 16, seed: 0 });
 * const run = await openRun({ root: await Deno.makeTempDir(), modelName: "iris", config: {} });
 * await assertRejects(
 *   () =>
 *     trainClassifier({
 *       ...{ model, training, validation: training, backend, epochs: 2, run },
 *       loss: new SoftmaxCrossEntropy(),
 *       validationLoss: new SoftmaxCrossEntropy(),
 *       optimizer: new Sgd(model.parameters, { learningRate: 1e38 }),
 *     }),
 *   DivergedError,
 *   "must be finite",
 * );
 * ```
 */
export class DivergedError extends Error {
  /** Always `"DivergedError"`. */
  override readonly name = "DivergedError";
}
