/**
 * Trains a two-layer network on Iris over a grid of learning rates and hidden units, chooses by
 * validation loss, and reports: `deno task iris --help`.
 *
 * @module
 */

import { helpText, parseFlags } from "@gradus/cli/parse-flags";
import { runProgram } from "@gradus/cli/run-program";
import { assertSettings, FLAGS, type Settings } from "./flags.ts";

const startMs = performance.now();
await runProgram(async (args) => {
  const settings = parseFlags(args, FLAGS);
  if (settings.help) {
    console.log(helpText(FLAGS, {
      command: "deno task iris",
      purpose:
        "Trains a network 4-hidden-3 on Iris for each learning rate and number of hidden units.",
    }));
    return 0;
  }
  assertSettings(settings);
  await (settings.trial === null ? runWhole(settings) : runShare(settings));
  return 0;
});

// Modules are loaded when they are needed, so that help and wrong flags answer at once.

async function runWhole(settings: Settings): Promise<void> {
  const { printResults } = await import("./print_results.ts");
  const { runIris } = await import("./run_iris.ts");
  const { showProgress } = await import("./show_progress.ts");
  const { run, results } = await showProgress((onProgress) =>
    runIris(settings, { startMs, onProgress })
  );
  printResults(run, results, { json: settings.json });
}

async function runShare(settings: Settings): Promise<void> {
  const { printTrials } = await import("./print_results.ts");
  const { runTrials } = await import("./run_trials.ts");
  const { showProgress } = await import("./show_progress.ts");
  const trials = await showProgress((onProgress) => runTrials(settings, { onProgress }));
  printTrials(trials, { settings, startMs });
}
