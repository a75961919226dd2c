import { isGradus } from "./peer.ts";
import type { Spread } from "./quantile.ts";
import { isMeasured, type Results } from "./results.ts";

/** A change smaller than this is not told from noise, however steady the rounds were. */
const LEAST_CHANGE = 0.05;

/** How many times as fast Gradus was as another peer, in one run. */
export interface Standing {
  readonly workload: string;
  /** Of Gradus: `gradus-2`. */
  readonly peer: string;
  /** The other, with its version, since another version is another yardstick. */
  readonly yardstick: string;
  readonly ratio: Spread;
}

/** A standing that is worse than before. */
export interface Slowdown {
  readonly workload: string;
  readonly peer: string;
  readonly yardstick: string;
  readonly before: number;
  readonly now: number;
  /** The share of `before` that noise may explain. */
  readonly noise: number;
}

/** What a check says. */
export interface Verdict {
  /** How many standings there are to compare. */
  readonly compared: number;
  readonly slowdowns: readonly Slowdown[];
}

/** All standings of a run; beside the machine, those on as many threads alone. */
export function standingsOf({ workloads }: Results): Standing[] {
  return workloads.flatMap(({ name, peers }) =>
    peers.filter(isMeasured).filter(({ library }) => !isGradus(library)).flatMap((peer) =>
      Object.entries(peer.over).filter(([gradus]) =>
        peer.library !== "machine" || gradus.endsWith(`-${peer.threads}`)
      ).map(([gradus, ratio]) => ({
        workload: name,
        peer: gradus,
        // The machine has no version: it is what it is measured to be.
        yardstick: peer.library === "machine" ? peer.peer : `${peer.peer} ${peer.version}`,
        ratio,
      }))
    )
  );
}

/**
 * Compares a run with earlier ones: each standing with its last.
 *
 * A standing is worse if it fell by more than a twentieth, and by more than the quartiles of both runs
 * spread around their medians.
 *
 * @param now The run.
 * @param earlier Other runs, the oldest first.
 */
export function compareResults(now: Results, earlier: readonly Results[]): Verdict {
  const last = new Map(
    earlier.flatMap(standingsOf).map((standing) => [keyOf(standing), standing.ratio]),
  );
  let compared = 0;
  const slowdowns: Slowdown[] = [];
  for (const standing of standingsOf(now)) {
    const before = last.get(keyOf(standing));
    if (before === undefined) continue;
    compared++;
    const { workload, peer, yardstick, ratio } = standing;
    const noise = Math.max(LEAST_CHANGE, noiseOf(before) + noiseOf(ratio));
    if (ratio.median >= before.median * (1 - noise)) continue;
    slowdowns.push({ workload, peer, yardstick, before: before.median, now: ratio.median, noise });
  }
  return { compared, slowdowns };
}

/** What a second run found slower as well; a machine that was busy for a while does not stay so. */
export function confirmed(first: Verdict, second: Verdict): Verdict {
  const again = new Map(second.slowdowns.map((slowdown) => [keyOf(slowdown), slowdown]));
  return {
    compared: first.compared,
    slowdowns: first.slowdowns.flatMap((slowdown) => again.get(keyOf(slowdown)) ?? []),
  };
}

/** Half the distance of the quartiles, as a share of the median. */
function noiseOf({ median, low, high }: Spread): number {
  return (high - low) / 2 / median;
}

function keyOf(
  { workload, peer, yardstick }: Pick<Standing, "workload" | "peer" | "yardstick">,
): string {
  return JSON.stringify([workload, peer, yardstick]);
}

/** A verdict in words. */
export function describeVerdict({ compared, slowdowns }: Verdict): string {
  if (compared === 0) return "Nothing to compare with: no committed result has the same workloads.";
  const lines = slowdowns.map(({ workload, peer, yardstick, before, now, noise }) => {
    const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
    return `${workload}: ${peer} is ${percent(1 - now / before)} slower beside ${yardstick}: ` +
      `${before.toPrecision(3)} before, ${now.toPrecision(3)} now, where noise is ${
        percent(noise)
      }`;
  });
  const rest = compared - slowdowns.length;
  return [...lines, `${rest} of ${compared} ratios are no worse than the last committed ones.`]
    .join("\n");
}
