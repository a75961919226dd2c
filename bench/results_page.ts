import { isGradus } from "./peer.ts";
import type { Spread } from "./quantile.ts";
import {
  isMeasured,
  type Measured,
  type PeerFacts,
  type PeerResult,
  type Results,
  type WorkloadResults,
} from "./results.ts";
import { groupOf, isShared } from "./workload_group.ts";

/**
 * Results as a page of Markdown: the machine, a table of all speeds, a table for each workload, and one of the
 * kernels.
 *
 * @param results What was measured.
 * @param charts Files of pictures of the kernels, beside the page.
 */
export function resultsPage(results: Results, charts: readonly string[]): string {
  const { version, date, commit, commands, machine, workloads } = results;
  const whole = workloads.filter(({ name }) => isShared(name));
  const [kernels, batches] = ["kernels", "batches"].map((group) =>
    workloads.filter(({ name }) => groupOf(name) === group)
  ) as [WorkloadResults[], WorkloadResults[]];
  return [
    `# Gradus ${version}, ${date.slice(0, 10)}`,
    "",
    `${commands.map((command) => `\`${command}\``).join(", ")} at ${
      commit === null ? "no commit" : `commit ${commit}`
    }, on ` +
    `${machine.processor}, ${machine.cores} cores, ${machine.system}, Deno ${machine.deno}.`,
    "",
    `Each peer is a process of its own, ${
      machine.isPinned ? "held to as many cores as it has threads" : "not held to any core"
    }, and all are timed in turn, round by round. Durations are medians, with quartiles in brackets. ` +
    "“gradus-2 is” says how many times as fast Gradus on two threads is, as the median of the rounds’ " +
    "ratios; beside the machine it is the share of what the machine’s 128-bit vectors reach. " +
    "≈ marks a peer too slow for the whole work, which did less, and whose time is scaled.",
    "",
    ...(whole.length === 0 ? [] : ["## Speeds", "", ...speeds(whole), ""]),
    ...whole.flatMap((workload) => [...section(workload), ""]),
    ...(batches.length === 0 ? [] : [...batchSection(workloads), ""]),
    ...(kernels.length === 0 ? [] : [...kernelSection(kernels), ""]),
    ...charts.flatMap((file) => [`![Roofline of the kernels](${file})`, ""]),
  ].join("\n");
}

/** A number with three significant digits, and no more than it has. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1000) {
    const digits = Number(value.toPrecision(3)).toFixed(0);
    return digits.replace(/\B(?=(\d{3})+$)/g, ",");
  }
  return size === 0 ? "0" : String(Number(value.toPrecision(3)));
}

/** Cells in aligned columns. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = header.map((title, column) =>
    Math.max(3, ...[title, ...rows.map((row) => row[column]!)].map((cell) => cell.length))
  );
  const line = (cells: readonly string[]) =>
    `| ${
      cells.map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
      ).join(" | ")
    } |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  );
  return [line(header), line(rule), ...rows.map(line)];
}

function speeds(workloads: readonly WorkloadResults[]): string[] {
  const names = [...new Set(workloads.flatMap(({ peers }) => peers.map(({ peer }) => peer)))];
  return markdownTable(
    ["", ...workloads.map(({ name, unit }) => `${name} ${unit}`)],
    names.map((name) => [
      name,
      ...workloads.map((workload) => {
        const result = workload.peers.find(({ peer }) => peer === name);
        return result !== undefined && isMeasured(result) ? speedCell(workload, result) : "–";
      }),
    ]),
  );
}

function speedCell({ amount }: WorkloadResults, result: Measured): string {
  return `${result.amount < amount ? "≈ " : ""}${shortNumber(result.speed)}`;
}

function section(workload: WorkloadResults): string[] {
  const measured = workload.peers.filter(isMeasured);
  const ours = measured.filter(({ library }) => isGradus(library));
  const rows = measured.map((result) => [
    result.peer,
    result.library === "machine" ? "" : result.version,
    speedCell(workload, result),
    spreadText(result.ms),
    ...ours.map(({ peer }) => result.over[peer] === undefined ? "" : spreadText(result.over[peer])),
  ]);
  return [
    `## ${workload.name}: ${workload.title}`,
    "",
    ...markdownTable(
      [
        "",
        "version",
        workload.unit,
        "ms",
        ...ours.map(({ peer }) => `${peer} is`),
      ],
      rows,
    ),
    ...measured.filter(({ agrees }) => !agrees).map(({ peer, value }) =>
      `\n${peer} does not compute what Gradus does: it read ${value}.`
    ),
    ...reasons(workload),
  ];
}

/** Why peers could not, those with the same reason together. */
function reasons({ peers }: WorkloadResults): string[] {
  const byReason = Map.groupBy(
    peers.filter((peer) => !isMeasured(peer)) as (PeerFacts & { cannot: string })[],
    ({ cannot }) => cannot,
  );
  return [...byReason].map(([reason, peers]) =>
    `\nNot measured: ${peers.map(({ peer }) => peer).join(", ")} (${reason}).`
  );
}

function spreadText({ median, low, high }: Spread): string {
  return `${shortNumber(median)} (${shortNumber(low)}–${shortNumber(high)})`;
}

/** W4 and what is like it, by the size of the batch. */
function batchSection(workloads: readonly WorkloadResults[]): string[] {
  const batches = workloads.filter(({ name }) => name === "W4" || groupOf(name) === "batches")
    .toSorted((a, b) => a.amount - b.amount);
  const names = [...new Set(batches.flatMap(({ peers }) => peers.map(({ peer }) => peer)))]
    .filter((name) => /^gradus-\d/.test(name));
  return [
    "## W4 in batches of other sizes",
    "",
    ...markdownTable(
      ["batch", ...names.flatMap((name) => [`${name} ms an image`, "of the machine"])],
      batches.map(({ amount, peers }) => [
        `${amount}`,
        ...names.flatMap((name) => {
          const result = peers.filter(isMeasured).find(({ peer }) => peer === name);
          return result === undefined
            ? ["–", ""]
            : [shortNumber(result.ms.median / amount), shareOfMachine(peers, result)];
        }),
      ]),
    ),
  ];
}

/** What of the machine's speed, on as many threads, a peer reaches. */
function shareOfMachine(peers: readonly PeerResult[], { peer, threads }: PeerFacts): string {
  const machine = peers.filter(isMeasured).find((other) =>
    other.library === "machine" && other.threads === threads
  );
  return machine?.over[peer]?.median.toFixed(2) ?? "";
}

function kernelSection(kernels: readonly WorkloadResults[]): string[] {
  const threads = [
    ...new Set(kernels.flatMap(({ peers }) => peers.map(({ threads }) => threads))),
  ];
  return [
    "## Kernels",
    "",
    "Beside the speed stands the share of what the machine reaches: of its multiply-adds or of its copies, " +
    "whichever bounds the kernel.",
    "",
    ...markdownTable(
      [
        "",
        ...threads.flatMap((count) =>
          ["GFLOP/s", "GB/s", "of the machine"].map((title) => `${title} (${count})`)
        ),
      ],
      kernels.map((kernel) => [
        kernel.name.replace("kernel ", ""),
        ...threads.flatMap((count) => kernelCells(kernel, count)),
      ]),
    ),
    ...kernels.flatMap((kernel) =>
      reasons(kernel).map((reason) => reason.replace("Not", `${kernel.name}: not`))
    ),
  ];
}

function kernelCells({ peers, flops, bytes }: WorkloadResults, threads: number): string[] {
  const gradus = peers.filter(isMeasured).find((peer) =>
    peer.library === "gradus" && peer.threads === threads
  );
  if (gradus === undefined) return ["–", "–", "–"];
  return [
    flops === 0 ? "" : shortNumber(flops / gradus.ms.median / 1e6),
    shortNumber(bytes / gradus.ms.median / 1e6),
    shareOfMachine(peers, gradus),
  ];
}
