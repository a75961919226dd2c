import type { Backend, Tensor } from "@gradus/tensor";

/** What a workload's speed is counted in. */
export type Unit = "GFLOP/s" | "GB/s" | "images/s" | "epochs/s" | "ms";

/** Work that a machine cannot do without. */
export interface Cost {
  /** Floating-point operations: 2 for a multiply-add. */
  readonly flops: number;
  /** Bytes that cross the memory bus if nothing is kept in a cache from one run to the next; 0 where they do not matter. */
  readonly bytes: number;
}

/** A workload, ready to run. */
export interface Prepared {
  /** Does the work once and reads a number of the result, so that nothing can be left undone. */
  run(): Promise<number>;
  /** What a run leaves, for the comparison with `reference`. */
  readonly outputs: readonly Tensor[];
}

/** What is known of a workload without running it. */
export interface WorkloadFacts {
  /** For flags, tables and peers: `W1-512`. */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** What its speed is counted in. */
  readonly unit: Unit;
  /** How much one run does: rows, images or epochs. A peer that is too slow for it does less, and is scaled. */
  readonly amount: number;
  /** What an amount costs. */
  cost(amount: number): Cost;
}

/** Something to be done on any backend. */
export interface Workload extends WorkloadFacts {
  /** An amount that `reference` does in about a second. */
  readonly checkAmount: number;
  /** Terms of its longest sum, which bound its rounding. */
  readonly longestSum: number;
  /** Puts inputs and parameters on a backend. */
  setup(backend: Backend, amount: number): Prepared;
}
