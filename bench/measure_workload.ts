import { interleave } from "./interleave.ts";
import { type Limits, planAmount, planMeasurement } from "./measurement_plan.ts";
import { isGradus, type Peer } from "./peer.ts";
import { PeerProcess } from "./peer_process.ts";
import { fiveDigits, ratiosOf, spreadOf } from "./quantile.ts";
import { reasonOf } from "./reason.ts";
import { type PeerResult, speedOf, type WorkloadResults } from "./results.ts";
import type { WorkloadFacts } from "./workloads/workload.ts";

/** A peer that is measured shorter than this gives no estimate of more. */
const TELLING_MS = 100;

/** Before it is timed, a peer runs so long, so that engines can compile what is hot. */
const WARM_UP_MS = 500;

/** Two peers' numbers may differ by so much of their size, or of 1. */
const AGREEMENT = 1e-3;

/** How to measure. */
export interface MeasureOptions extends Limits {
  /** The command that starts a peer. */
  readonly commandOf: (peer: Peer) => readonly string[];
  /** The version of Gradus. */
  readonly version: string;
  /** Hears what is going on. */
  readonly onProgress: (text: string) => void;
}

/** A peer that could do a workload. */
interface Ready {
  readonly peer: Peer;
  readonly version: string;
  /** How much of the workload it does in a run. */
  readonly amount: number;
  readonly value: number;
  readonly rounds: number;
  measure(): Promise<number>;
  close(): Promise<void>;
}

type Failed = { readonly peer: Peer; readonly cannot: string };

/**
 * Measures all peers on a workload: each is tried by itself, warmed up and left waiting; then they are
 * timed in turn.
 */
export async function measureWorkload(
  workload: WorkloadFacts,
  peers: readonly Peer[],
  options: MeasureOptions,
): Promise<WorkloadResults> {
  const tried: (Ready | Failed)[] = [];
  for (const peer of peers) {
    options.onProgress(`${workload.name}: trying ${peer.name}`);
    try {
      tried.push(
        await (workload.unit === "ms" ? readyToStart : readyToRun)(workload, peer, options),
      );
    } catch (error) {
      tried.push({ peer, cannot: reasonOf(error) });
    }
  }
  const ready = tried.filter((each) => "measure" in each);
  const measured = await interleave(ready.map((each) => ({
    rounds: each.rounds,
    measure: () => {
      options.onProgress(`${workload.name}: timing ${each.peer.name}`);
      return each.measure();
    },
  })));
  for (const { close } of ready) await close();

  const facts = {
    name: workload.name,
    title: workload.title,
    unit: workload.unit,
    amount: workload.amount,
    ...workload.cost(workload.amount),
  };
  const timed = ready.map((each, place) => ({ ...each, durationsMs: measured[place]! }));
  const expected = ready.find(({ peer }) => peer.library === "gradus")?.value;
  return {
    ...facts,
    peers: tried.map((each): PeerResult => {
      const { name, library, threads } = each.peer;
      const version = each.peer.version ?? ("version" in each ? each.version : options.version);
      const about = { peer: name, library, threads, version };
      if ("cannot" in each) return { ...about, cannot: each.cannot };
      const { durationsMs } = timed.find(({ peer }) => peer === each.peer)!;
      if (durationsMs instanceof Error) return { ...about, cannot: reasonOf(durationsMs) };
      const ms = spreadOf(durationsMs);
      return {
        ...about,
        ms,
        speed: fiveDigits(speedOf(facts, ms.median)),
        rounds: durationsMs.length,
        amount: each.amount,
        value: each.value,
        agrees: library === "machine" || expected === undefined || agree(each.value, expected),
        over: Object.fromEntries(
          timed.flatMap(({ peer, durationsMs: others }) =>
            peer === each.peer || !isGradus(peer.library) || others instanceof Error
              ? []
              : [[peer.name, spreadOf(ratiosOf(durationsMs, others))]]
          ),
        ),
      };
    }),
  };
}

/** Finds out how much of a workload a peer can do in time, and lets it get warm. */
async function readyToRun(
  { name, amount: full }: WorkloadFacts,
  peer: Peer,
  options: MeasureOptions,
): Promise<Ready> {
  const timeoutMs = 6 * options.capMs + 60_000;
  const process = new PeerProcess(options.commandOf(peer));
  const prepare = async (amount: number) => {
    const first = await process.ask({ prepare: name, amount }, { timeoutMs });
    // The first run may include compiling; a second one that takes long tells no more.
    const again = first.ms > options.capMs / 4
      ? first
      : await process.ask({ run: 1 }, { timeoutMs });
    return { ...first, ms: Math.min(first.ms, again.ms) };
  };
  try {
    let tried = 1;
    let probe = await prepare(tried);
    const { value, version = options.version } = probe;
    const isTelling = () =>
      probe.ms >= TELLING_MS || (probe.ms / tried) * full <= options.capMs || tried === full;
    while (!isTelling()) probe = await prepare(tried = Math.min(full, 8 * tried));
    const amount = planAmount(full, probe.ms / tried, options);
    if (amount !== tried) probe = await prepare(amount);
    if (probe.ms < WARM_UP_MS) {
      const run = Math.ceil(WARM_UP_MS / probe.ms);
      probe = await process.ask({ run }, { timeoutMs });
    }
    const { repeats, rounds } = planMeasurement(probe.ms, options);
    return {
      peer,
      version,
      amount,
      value,
      rounds,
      measure: async () => {
        const { ms } = await process.ask({ run: repeats }, { timeoutMs });
        return (ms * full) / amount;
      },
      close: () => process.close(),
    };
  } catch (error) {
    await process.close();
    throw error;
  }
}

/** Starts a peer once for nothing, so that files are in the cache. */
async function readyToStart(
  { amount }: WorkloadFacts,
  peer: Peer,
  options: MeasureOptions,
): Promise<Ready> {
  const start = async () => {
    const startMs = performance.now();
    const process = new PeerProcess([...options.commandOf(peer), "first-step"]);
    try {
      const reply = await process.answer({ timeoutMs: options.capMs + 60_000 });
      return { ...reply, durationMs: performance.now() - startMs };
    } finally {
      await process.close();
    }
  };
  const { value, version = options.version, durationMs } = await start();
  return {
    peer,
    version,
    amount,
    value,
    rounds: planMeasurement(Math.max(durationMs, TELLING_MS), options).rounds,
    measure: async () => (await start()).durationMs,
    close: () => Promise.resolve(),
  };
}

function agree(a: number, b: number): boolean {
  return Math.abs(a - b) <= AGREEMENT * Math.max(1, Math.abs(b));
}
