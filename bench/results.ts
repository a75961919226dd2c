import type { Spread } from "./quantile.ts";
import type { Unit } from "./workloads/workload.ts";

/** What was measured, and on what. */
export interface Results {
  /** Of Gradus. */
  readonly version: string;
  /** When it was measured, as ISO 8601 in UTC. */
  readonly date: string;
  /** The commit that was measured, with `+` if there were changes; null outside of a repository. */
  readonly commit: string | null;
  /** The command lines of the runs that it is put together from. */
  readonly commands: readonly string[];
  readonly machine: MachineFacts;
  readonly workloads: readonly WorkloadResults[];
}

/** What was measured on. */
export interface MachineFacts {
  readonly processor: string;
  readonly cores: number;
  readonly system: string;
  readonly deno: string;
  /** Whether each peer was held to as many cores as it has threads. */
  readonly isPinned: boolean;
}

/** What all peers made of a workload. */
export interface WorkloadResults {
  readonly name: string;
  readonly title: string;
  readonly unit: Unit;
  /** What one run does: rows, images or epochs. */
  readonly amount: number;
  /** Floating-point operations of a run. */
  readonly flops: number;
  /** Bytes of a run. */
  readonly bytes: number;
  readonly peers: readonly PeerResult[];
}

/** Who it was. */
export interface PeerFacts {
  readonly peer: string;
  readonly library: string;
  readonly threads: number;
  readonly version: string;
}

/** What a peer made of a workload, or why nothing. */
export type PeerResult = PeerFacts & (Measured | { readonly cannot: string });

/** A measured peer. */
export interface Measured {
  /** Duration of a run of the whole amount. */
  readonly ms: Spread;
  /** In the workload's unit. */
  readonly speed: number;
  readonly rounds: number;
  /** How much it really did; less than all for a slow peer, whose duration is scaled. */
  readonly amount: number;
  /** The number that it read after the first run of a small amount. */
  readonly value: number;
  /** Whether that number is what Gradus read. */
  readonly agrees: boolean;
  /** By the name of a peer of Gradus: this one's duration over that one's, paired by rounds. */
  readonly over: Readonly<Record<string, Spread>>;
}

/** Speed in a workload's unit. */
export function speedOf(
  { unit, amount, flops, bytes }: Omit<WorkloadResults, "peers">,
  durationMs: number,
): number {
  switch (unit) {
    case "GFLOP/s":
      return flops / durationMs / 1e6;
    case "GB/s":
      return bytes / durationMs / 1e6;
    case "images/s":
    case "epochs/s":
      return (1000 * amount) / durationMs;
    case "ms":
      return durationMs;
  }
}

/** Whether a peer was measured. */
export function isMeasured(result: PeerResult): result is PeerFacts & Measured {
  return "ms" in result;
}

/** The name of the files of results, without their endings: the version and the commit. */
export function resultsFileName({ version, commit }: Pick<Results, "version" | "commit">): string {
  return `${version}-${commit ?? "no-commit"}`;
}

/**
 * A run's results with those of an earlier run of the same code on the same machine: a workload that both
 * have is the later one's.
 *
 * @param order Names of workloads, in the order that they are to have.
 * @returns The run's results alone, if the code or the machine may be another.
 */
export function mergeResults(
  before: Results,
  now: Results,
  order: readonly string[],
): Results {
  const isSame = before.commit === now.commit && now.commit !== null &&
    !now.commit.endsWith("+") && before.version === now.version &&
    JSON.stringify(before.machine) === JSON.stringify(now.machine);
  if (!isSame) return now;
  const byName = new Map(
    [...before.workloads, ...now.workloads].map((workload) => [workload.name, workload]),
  );
  return {
    ...now,
    commands: [...before.commands, ...now.commands],
    workloads: [...byName.values()].toSorted((a, b) =>
      order.indexOf(a.name) - order.indexOf(b.name)
    ),
  };
}
