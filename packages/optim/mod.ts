/**
 * What moves parameters: optimizers and learning-rate schedules, with gradient clipping and weight
 * decay.
 *
 * {@linkcode Sgd}, {@linkcode Adam}, {@linkcode AdamW}, {@linkcode RmsProp} and {@linkcode Adagrad}
 * are PyTorch's, number for number. Each takes parameters, or groups of them with rates and decays
 * of their own, and moves all of them by one call of the backend. {@linkcode Muon}, which makes the steps
 * of matrices orthogonal, makes some dozens of calls a matrix.
 *
 * A learning rate is a number or a {@linkcode Schedule}, any function of the step:
 * {@linkcode constant}, {@linkcode exponential}, {@linkcode stepDecay}, {@linkcode cosine},
 * {@linkcode polynomial}, {@linkcode oneCycle}, {@linkcode warmup} before another.
 * {@linkcode ReduceOnPlateau} watches a loss. {@linkcode optimizerFromJson} and
 * {@linkcode scheduleFromJson} make them from plain records, which a run keeps and another program reads.
 *
 * @example Minimise (x − 3)²
 * ```ts
 * import { cosine, Sgd } from "@gradus/optim";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const backend = reference();
 * const x = tensor(backend, [0]);
 * const gradient = tensor(backend, [0]);
 * const steps = 100;
 * const optimizer = new Sgd([{ name: "x", value: x, gradient, trainable: true }], {
 *   learningRate: cosine({ rate: 0.1, steps }),
 *   momentum: 0.5,
 * });
 * while (optimizer.steps < steps) {
 *   gradient.set([2 * (await x.item() - 3)]);
 *   optimizer.step();
 * }
 *
 * optimizer.check(await optimizer.flag.data());
 * assertAlmostEquals(await x.item(), 3, 1e-5);
 * ```
 *
 * @module
 */

export { Adagrad, type AdagradOptions } from "./adagrad.ts";
export { Adam, type AdamOptions } from "./adam.ts";
export { AdamW, type AdamWOptions } from "./adam_w.ts";
export { constant } from "./constant.ts";
export { cosine, type CosineOptions } from "./cosine.ts";
export { exponential, type ExponentialOptions } from "./exponential.ts";
export { Muon, type MuonGroup, type MuonOptions, type MuonParameters } from "./muon.ts";
export { oneCycle, type OneCycleOptions } from "./one_cycle.ts";
export type {
  OptimizedParameter,
  OptimizedParameters,
  ParameterGroup,
} from "./optimized_parameter.ts";
export type { Optimizer, OptimizerOptions, OptimizerSlot, OptimizerState } from "./optimizer.ts";
export { optimizerFromJson } from "./optimizer_from_json.ts";
export type {
  AdagradRecord,
  AdamRecord,
  GroupRecord,
  MuonGroupRecord,
  MuonRecord,
  OptimizerRecord,
  OptimizerRecordBase,
  RmsPropRecord,
  SgdRecord,
} from "./optimizer_record.ts";
export { polynomial, type PolynomialOptions } from "./polynomial.ts";
export {
  type PlateauState,
  ReduceOnPlateau,
  type ReduceOnPlateauOptions,
} from "./reduce_on_plateau.ts";
export { RmsProp, type RmsPropOptions } from "./rms_prop.ts";
export type { Schedule } from "./schedule.ts";
export { scheduleFromJson } from "./schedule_from_json.ts";
export type {
  ConstantRecord,
  CosineRecord,
  ExponentialRecord,
  OneCycleRecord,
  PolynomialRecord,
  ScheduleRecord,
  StepDecayRecord,
  WarmupRecord,
} from "./schedule_record.ts";
export { Sgd, type SgdOptions } from "./sgd.ts";
export { stepDecay, type StepDecayOptions } from "./step_decay.ts";
export { warmup, type WarmupOptions } from "./warmup.ts";
