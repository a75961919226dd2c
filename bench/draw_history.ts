/**
 * Draws each workload over the results kept in `bench/results`, into `bench/results/history`.
 *
 * @module
 */
import { historyChart, workloadsOf } from "./history_chart.ts";
import { readKeptResults } from "./kept_results.ts";

const FOLDER = new URL("./results/history/", import.meta.url);

await Deno.mkdir(FOLDER, { recursive: true });
const kept = await readKeptResults();
for (const workload of workloadsOf(kept)) {
  const file = `${workload.replaceAll(/[^\w-]+/g, "_")}.svg`;
  await Deno.writeTextFile(new URL(file, FOLDER), historyChart(workload, kept)!);
  console.log(`bench/results/history/${file}`);
}
if (kept.length === 0) console.log("No results in bench/results: deno task bench:peers makes some");
