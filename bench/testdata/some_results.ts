import type { Measured, PeerResult, Results, WorkloadResults } from "../results.ts";

/** A peer that took so long, with the ratio to each peer of Gradus given. */
export function measuredPeer(
  peer: string,
  ms: number,
  over: Readonly<Record<string, number>> = {},
  rest: Partial<Measured> = {},
): PeerResult & Measured {
  const [, library, threads] = peer.match(/^(.*?)(?:-(\d))?$/)!;
  const steady = (median: number) => ({ median, low: median, high: median });
  return {
    peer,
    library: library!,
    threads: Number(threads ?? 1),
    version: "1.2.3",
    ms: steady(ms),
    speed: 1000 / ms,
    rounds: 3,
    amount: 1,
    value: 0.5,
    agrees: true,
    over: Object.fromEntries(Object.entries(over).map(([name, ratio]) => [name, steady(ratio)])),
    ...rest,
  };
}

/** A workload of one image. */
export function workloadOf(
  name: string,
  peers: readonly PeerResult[],
  rest: Partial<WorkloadResults> = {},
): WorkloadResults {
  const title = `the workload ${name}`;
  return { name, title, unit: "images/s", amount: 1, flops: 1e6, bytes: 0, peers, ...rest };
}

/** A run of some workloads. */
export function resultsOf(
  workloads: readonly WorkloadResults[],
  rest: Partial<Results> = {},
): Results {
  return {
    version: "0.1.0",
    date: "2026-11-23T01:02:03.000Z",
    commit: "abc1234",
    commands: ["deno task bench:peers"],
    machine: {
      processor: "A Processor",
      cores: 2,
      system: "Linux 6",
      deno: "2.9.6",
      isPinned: true,
    },
    workloads,
    ...rest,
  };
}
