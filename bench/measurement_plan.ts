/** A measurement is at least so long, so that what it takes to ask for it does not count. */
const SHORTEST_MS = 60;

/** How a peer is measured. */
export interface MeasurementPlan {
  /** Runs of one measurement. */
  readonly repeats: number;
  /** Rounds that it takes part in. */
  readonly rounds: number;
}

/** How much time a peer gets. */
export interface Limits {
  /** Rounds, if there is time. */
  readonly rounds: number;
  /** For all rounds of a workload. */
  readonly capMs: number;
}

/**
 * How much of a workload a peer is asked to do: all of it, or as much as fits into the cap.
 *
 * @param full All of it.
 * @param durationMs How long an amount of 1 takes.
 */
export function planAmount(full: number, durationMs: number, { capMs }: Limits): number {
  if (durationMs * full <= capMs) return full;
  return Math.max(1, Math.min(full, Math.floor(capMs / durationMs)));
}

/**
 * How often a peer is measured: in all rounds, or in as many as fit into the cap, but once at least.
 *
 * @param durationMs How long a run takes.
 */
export function planMeasurement(durationMs: number, { rounds, capMs }: Limits): MeasurementPlan {
  const repeats = Math.max(1, Math.ceil(SHORTEST_MS / durationMs));
  const fitting = Math.floor(capMs / (repeats * durationMs));
  return { repeats, rounds: Math.max(1, Math.min(rounds, fitting)) };
}
