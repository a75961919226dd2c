/**
 * Measures Gradus beside other libraries: `deno task bench:peers --help`.
 *
 * @module
 */
import { helpText, parseFlags, ProgressLine, UsageError } from "@gradus/cli";
import { type BenchSettings, FLAGS } from "./flags.ts";
import { assertLibraries, chooseWorkloads, measureAll } from "./measure_all.ts";
import { mergeResults, type Results, resultsFileName } from "./results.ts";
import { resultsPage } from "./results_page.ts";
import { rooflineChart } from "./roofline.ts";
import { groupOf } from "./workload_group.ts";

const FOLDER = new URL("./results/", import.meta.url);

try {
  const settings = parseFlags(Deno.args, FLAGS);
  if (settings.help) {
    console.log(helpText(FLAGS, {
      command: "deno task bench:peers",
      purpose: "Measures Gradus beside other libraries, in one run and in turn.",
    }));
  } else {
    chooseWorkloads(settings.only);
    assertLibraries(settings.peers);
    await main(settings);
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  Deno.exit(2);
}

async function main({ cap, ...settings }: BenchSettings): Promise<void> {
  const isTerminal = Deno.stderr.isTerminal();
  const progress = new ProgressLine({
    write: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
    isTerminal,
    ...isTerminal ? { width: Deno.consoleSize().columns } : {},
  });
  const results = await measureAll({ ...settings, capMs: 1000 * cap }, {
    command: ["deno task bench:peers", ...Deno.args].join(" "),
    onProgress: (share, text) => progress.show(share, text),
  });
  progress.clear();
  const name = resultsFileName(results);
  const page = await writeResults(name, await withEarlier(name, results));
  console.log(page);
  console.log(`Written to bench/results/${name}.md and .json`);
  if (settings.json) console.log(JSON.stringify(results));
}

/** With what was measured of the same code before. */
async function withEarlier(name: string, results: Results): Promise<Results> {
  const order = chooseWorkloads(null).map(({ name }) => name);
  try {
    const text = await Deno.readTextFile(new URL(`${name}.json`, FOLDER));
    return mergeResults(JSON.parse(text), results, order);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return results;
    throw error;
  }
}

async function writeResults(name: string, results: Results): Promise<string> {
  await Deno.mkdir(FOLDER, { recursive: true });
  const kernels = results.workloads.filter((workload) => groupOf(workload.name) === "kernels");
  const charts: string[] = [];
  for (const threads of new Set(kernels.flatMap(({ peers }) => peers.map((p) => p.threads)))) {
    const svg = rooflineChart(kernels, {
      threads,
      subtitle: `${results.machine.processor}, Gradus ${results.version}, ${
        results.date.slice(0, 10)
      }`,
    });
    if (svg === null) continue;
    const file = `${name}-roofline-${threads}.svg`;
    await Deno.writeTextFile(new URL(file, FOLDER), svg);
    charts.push(file);
  }
  const page = resultsPage(results, charts);
  await Deno.writeTextFile(new URL(`${name}.md`, FOLDER), page);
  await Deno.writeTextFile(
    new URL(`${name}.json`, FOLDER),
    `${JSON.stringify(results, null, 2)}\n`,
  );
  return page;
}
