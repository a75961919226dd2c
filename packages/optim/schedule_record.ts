import type { CosineOptions } from "./cosine.ts";
import type { ExponentialOptions } from "./exponential.ts";
import type { OneCycleOptions } from "./one_cycle.ts";
import type { PolynomialOptions } from "./polynomial.ts";
import type { StepDecayOptions } from "./step_decay.ts";
import type { WarmupOptions } from "./warmup.ts";

/** A constant rate as JSON. */
export interface ConstantRecord {
  /** Which schedule. */
  readonly type: "constant";
  /** The rate of all steps. */
  readonly rate: number;
}

/** A cosine schedule as JSON, with all its settings. */
export interface CosineRecord extends Required<CosineOptions> {
  /** Which schedule. */
  readonly type: "cosine";
}

/** An exponential schedule as JSON, with all its settings. */
export interface ExponentialRecord extends Required<ExponentialOptions> {
  /** Which schedule. */
  readonly type: "exponential";
}

/** A one-cycle schedule as JSON, with all its settings. */
export interface OneCycleRecord extends Required<OneCycleOptions> {
  /** Which schedule. */
  readonly type: "oneCycle";
}

/** A polynomial schedule as JSON, with all its settings. */
export interface PolynomialRecord extends Required<PolynomialOptions> {
  /** Which schedule. */
  readonly type: "polynomial";
}

/** A step-decay schedule as JSON, with all its settings: either `milestones` or `every`. */
export interface StepDecayRecord extends StepDecayOptions {
  /** Which schedule. */
  readonly type: "stepDecay";
  /** What the rate is multiplied by. */
  readonly factor: number;
}

/** A rise before another schedule as JSON, with all its settings. */
export interface WarmupRecord extends Required<WarmupOptions> {
  /** Which schedule. */
  readonly type: "warmup";
  /** What follows the rise. */
  readonly then: ScheduleRecord;
}

/**
 * Every schedule of this package that is a function of the step, as JSON: a closed union, so that no name
 * from a file is ever looked up.
 */
export type ScheduleRecord =
  | ConstantRecord
  | CosineRecord
  | ExponentialRecord
  | OneCycleRecord
  | PolynomialRecord
  | StepDecayRecord
  | WarmupRecord;
