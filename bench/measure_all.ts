import { UsageError } from "@gradus/cli";
import config from "./peers/import_map.json" with { type: "json" };
import { currentCommit, machineFacts } from "./machine_facts.ts";
import { measureWorkload } from "./measure_workload.ts";
import type { Limits } from "./measurement_plan.ts";
import { choosePeers, deviceNames, libraryNames, meansLibrary, pinned } from "./peer.ts";
import type { Results, WorkloadResults } from "./results.ts";
import { start } from "./workloads/start.ts";
import type { WorkloadFacts } from "./workloads/workload.ts";
import { workloads } from "./workloads/workloads.ts";
import { groupOf, isShared } from "./workload_group.ts";

/** What to measure, as said on a command line. */
export interface Selection extends Limits {
  /** Names of workloads, as `W1-512`, or of their groups, as `W1` or `kernels`; null for all. */
  readonly only: readonly string[] | null;
  /** Names of libraries; null for all. */
  readonly peers: readonly string[] | null;
  /** Numbers of threads, if there are as many cores. */
  readonly threads: readonly number[];
}

/** The workloads that names mean: `W1` is all of W1. */
export function chooseWorkloads(only: readonly string[] | null): WorkloadFacts[] {
  const all = [
    ...workloads.filter(({ name }) => isShared(name)),
    start,
    ...workloads.filter(({ name }) => !isShared(name)),
  ];
  for (const word of only ?? []) {
    if (all.some(({ name }) => name === word || groupOf(name) === word)) continue;
    throw new UsageError(
      `Cannot use --only as it must name workloads, W1 to W6, batches or kernels: found ${word}`,
    );
  }
  return all.filter(({ name }) =>
    only === null || only.includes(name) || only.includes(groupOf(name))
  );
}

/** Refuses names of libraries that there are not. */
export function assertLibraries(names: readonly string[] | null): void {
  for (const word of names ?? []) {
    if (deviceNames.includes(word)) continue;
    if (libraryNames.some((library) => meansLibrary(word, library))) continue;
    const known = [...libraryNames, ...deviceNames].join(", ");
    throw new UsageError(`Cannot use --peers as it must name some of ${known}: found ${word}`);
  }
}

/**
 * Measures what was selected, one workload after the other, all peers of each in turn.
 *
 * @param selection What, and how long.
 * @param options The command line for the record, and who hears what is going on.
 */
export async function measureAll(
  selection: Selection,
  { command, onProgress }: {
    readonly command: string;
    readonly onProgress: (share: number, text: string) => void;
  },
): Promise<Results> {
  const machine = await machineFacts();
  const version = await gradusVersion();
  const threads = selection.threads.filter((count) => count <= machine.cores);
  const peers = choosePeers({ chosen: selection.peers, threads, imports: config.imports });
  const ours = peers.filter(({ library }) => library === "gradus" || library === "machine");
  const chosen = chooseWorkloads(selection.only);
  const results: WorkloadResults[] = [];
  for (const [place, workload] of chosen.entries()) {
    const { name } = workload;
    results.push(
      await measureWorkload(workload, isShared(name) ? peers : ours, {
        ...selection,
        version,
        commandOf: ({ command, threads }) => machine.isPinned ? pinned(command, threads) : command,
        onProgress: (text) => onProgress(place / chosen.length, text),
      }),
    );
  }
  return {
    version,
    date: new Date().toISOString(),
    commit: await currentCommit(),
    commands: [command],
    machine,
    workloads: results,
  };
}

async function gradusVersion(): Promise<string> {
  const file = new URL("../packages/tensor/deno.json", import.meta.url);
  return JSON.parse(await Deno.readTextFile(file)).version;
}
