/**
 * Measures Gradus beside the machine and compares with the last committed results:
 * `deno task bench:check --help`. What looks slower is measured once more. Ends with code 1 where something
 * got slower.
 *
 * @module
 */
import { helpText, parseFlags, UsageError } from "@gradus/cli";
import { FLAGS } from "./flags.ts";
import { readKeptResults } from "./kept_results.ts";
import { assertLibraries, chooseWorkloads, measureAll } from "./measure_all.ts";
import { compareResults, confirmed, describeVerdict } from "./slowdowns.ts";

try {
  const { cap, help, ...settings } = parseFlags(Deno.args, FLAGS);
  if (help) {
    console.log(helpText(FLAGS, {
      command: "deno task bench:check",
      purpose:
        "Measures Gradus beside the machine, and beside --peers, and compares with the last committed results.",
    }));
    Deno.exit();
  }
  chooseWorkloads(settings.only);
  assertLibraries(settings.peers);
  const earlier = await readKeptResults({ isCommitted: true });
  const measure = (only: readonly string[] | null) =>
    measureAll({ ...settings, only, peers: settings.peers ?? [], capMs: 1000 * cap }, {
      command: ["deno task bench:check", ...Deno.args].join(" "),
      onProgress: (_, text) => console.error(text),
    });
  let verdict = compareResults(await measure(settings.only), earlier);
  if (verdict.slowdowns.length > 0) {
    const suspects = [...new Set(verdict.slowdowns.map(({ workload }) => workload))];
    verdict = confirmed(verdict, compareResults(await measure(suspects), earlier));
  }
  console.log(describeVerdict(verdict));
  if (settings.json) console.log(JSON.stringify(verdict));
  if (verdict.slowdowns.length > 0) Deno.exit(1);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  Deno.exit(2);
}
