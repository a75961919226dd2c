import type { ScheduleRecord } from "./schedule_record.ts";

/** Parameters with settings of their own, as JSON. */
export interface GroupRecord {
  /** Their names. */
  readonly parameters: readonly string[];
  /** The rate of each step. */
  readonly learningRate: ScheduleRecord;
  /** How strongly values are pulled to 0, at least 0. */
  readonly weightDecay: number;
}

/** What all optimizers have as JSON. */
export interface OptimizerRecordBase {
  /** All parameters, in groups. */
  readonly groups: readonly GroupRecord[];
  /** The largest norm of all gradients together; null for none. */
  readonly clipNorm: number | null;
  /** The largest norm of each parameter's gradient; null for none. */
  readonly clipParameterNorm: number | null;
}

/** An {@linkcode Sgd} as JSON. */
export interface SgdRecord extends OptimizerRecordBase {
  /** Which optimizer. */
  readonly type: "sgd";
  /** `μ`, in [0, 1). */
  readonly momentum: number;
  /** Whether the step looks ahead along the velocity. */
  readonly nesterov: boolean;
  /** The share of each gradient but the first that the velocity leaves out. */
  readonly dampening: number;
  /** Whether decay bypasses gradient and velocity. */
  readonly decoupled: boolean;
  /** Whether the velocity takes up the rates of its steps. */
  readonly rateInVelocity: boolean;
}

/** An {@linkcode Adam} or {@linkcode AdamW} as JSON. */
export interface AdamRecord extends OptimizerRecordBase {
  /** Which optimizer. */
  readonly type: "adam" | "adamW";
  /** `β₁`, how much of the mean stays at each step. */
  readonly beta1: number;
  /** `β₂`, how much of the variance stays at each step. */
  readonly beta2: number;
  /** `ε`, above 0. */
  readonly epsilon: number;
}

/** Parameters of a {@linkcode Muon} with settings of their own, as JSON. */
export interface MuonGroupRecord extends GroupRecord {
  /** Whether their steps are made orthogonal. */
  readonly orthogonalize: boolean;
}

/** A {@linkcode Muon} as JSON. */
export interface MuonRecord extends OptimizerRecordBase {
  /** Which optimizer. */
  readonly type: "muon";
  /** All parameters, in groups. */
  readonly groups: readonly MuonGroupRecord[];
  /** `μ`, in [0, 1). */
  readonly momentum: number;
  /** Whether the step looks ahead along the velocity. */
  readonly nesterov: boolean;
  /** Iterations that make a matrix orthogonal, at least 1. */
  readonly iterations: number;
}

/** An {@linkcode RmsProp} as JSON. */
export interface RmsPropRecord extends OptimizerRecordBase {
  /** Which optimizer. */
  readonly type: "rmsProp";
  /** `α`, how much of the mean square stays at each step. */
  readonly alpha: number;
  /** `ε`, above 0. */
  readonly epsilon: number;
  /** `μ`, in [0, 1). */
  readonly momentum: number;
}

/** An {@linkcode Adagrad} as JSON. */
export interface AdagradRecord extends OptimizerRecordBase {
  /** Which optimizer. */
  readonly type: "adagrad";
  /** `ε`, above 0. */
  readonly epsilon: number;
}

/**
 * Every optimizer of this package with all its settings, as JSON: a closed union, so that no name from a
 * file is ever looked up.
 */
export type OptimizerRecord = AdagradRecord | AdamRecord | MuonRecord | RmsPropRecord | SgdRecord;
