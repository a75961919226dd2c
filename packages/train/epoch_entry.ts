import type { Means } from "./means.ts";
import type { ParameterStatistics } from "./parameter_statistics.ts";

/** An epoch of a run. */
export interface EpochEntry {
  /** Number of the epoch, from 0. */
  readonly epoch: number;
  /** Means over the training rows. */
  readonly training: Means;
  /** Means over the validation rows, after the epoch. */
  readonly validation?: Means;
  /** The rate of its last step. */
  readonly learningRate: number;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** The spread of each parameter after it. */
  readonly parameters?: readonly ParameterStatistics[];
}
