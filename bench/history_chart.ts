import { lineChart } from "@gradus/plot";
import { isMeasured, type Results } from "./results.ts";

/**
 * A workload's speed over kept results, a line for each peer, as SVG.
 *
 * @param workload Its name.
 * @param kept Results, the oldest first.
 * @returns Null if none of them has the workload.
 */
export function historyChart(workload: string, kept: readonly Results[]): string | null {
  const runs = kept.flatMap(({ workloads, ...run }) => {
    const found = workloads.find(({ name }) => name === workload);
    return found === undefined ? [] : [{ ...run, ...found }];
  });
  if (runs.length === 0) return null;
  const names = [
    ...new Set(runs.flatMap(({ peers }) => peers.filter(isMeasured)).map((p) => p.peer)),
  ];
  const series = names.map((name) => ({
    name,
    points: runs.flatMap(({ peers }, place) =>
      peers.filter(isMeasured).filter(({ peer }) => peer === name).map(({ speed }) => ({
        x: place + 1,
        y: speed,
      }))
    ),
  }));
  const { title, unit } = runs.at(-1)!;
  return lineChart({
    title: `${workload}: ${title}`,
    x: { label: "run" },
    y: { label: unit, scale: "log" },
    series: series.map(({ name, points }) => ({
      name,
      x: points.map(({ x }) => x),
      y: points.map(({ y }) => y),
    })),
    note: runs.map(({ version, commit, date, machine }, place) =>
      `${place + 1}: ${version} ${commit ?? ""} ${date.slice(0, 10)} on ${machine.processor}`
    ).join("; "),
  });
}

/** The workloads of kept results, in the order in which they first appear. */
export function workloadsOf(kept: readonly Results[]): string[] {
  return [...new Set(kept.flatMap(({ workloads }) => workloads.map(({ name }) => name)))];
}
