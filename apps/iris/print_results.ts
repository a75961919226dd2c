import { textTable } from "@gradus/cli/text-table";
import type { Run } from "@gradus/train";
import { percent } from "./findings.ts";
import type { Settings } from "./flags.ts";
import { type Results, SWEEP_HEADER, sweepRows } from "./report.ts";
import type { RanTrial } from "./run_trials.ts";

/** Prints what came of a sweep: a table, what was chosen, what it shows, where the report is. */
export function printResults(
  run: Run,
  results: Results,
  options: { readonly json: boolean },
): void {
  const { combination, testError } = results.best;
  console.log(textTable(SWEEP_HEADER, sweepRows(results)));
  console.log(
    `\nChosen by mean validation loss: learning rate ${combination.learningRate}, ${combination.hidden} hidden units. ` +
      `Mean test accuracy ${percent(1 - testError.mean)}.\n`,
  );
  for (const sentence of results.findings) console.log(`${sentence}\n`);
  console.log(`Report, plots and parameters: ${run.folder}/report.html`);
  if (!options.json) return;
  const { settings } = results;
  console.log(JSON.stringify({
    testAccuracy: 1 - testError.mean,
    testError: testError.mean,
    validationError: combination.validationError.mean,
    learningRate: combination.learningRate,
    hidden: combination.hidden,
    seed: settings.seed,
    backend: settings.backend,
    folder: run.folder,
    durationMs: Math.round(results.durationMs),
  }));
}

/** Prints the trainings of a share, and how to go on. */
export function printTrials(
  trials: readonly RanTrial[],
  options: { readonly settings: Settings; readonly startMs: number },
): void {
  const { settings, startMs } = options;
  const { index, count } = settings.trial!;
  const total = settings.hidden.length * settings["learning-rate"].length * settings.seeds;
  if (trials.length === 0) {
    console.log(`Nothing to do: of ${total} trials, none falls to share ${index} of ${count}.`);
  } else {
    console.log(textTable(
      ["trial", "learning rate", "hidden", "seed", "validation loss", "folder"],
      trials.map(({ number, trial, run, result }) => [
        `${number}`,
        `${trial["learning-rate"]}`,
        `${trial.hidden}`,
        `${trial.seed}`,
        "reason" in result ? "diverged" : result.validation.loss.toFixed(4),
        run.folder,
      ]),
    ));
    console.log(`\nTrials: ${trials.length} of ${total}. Once all are run: deno task collect`);
  }
  if (!settings.json) return;
  console.log(JSON.stringify({
    trials: trials.map(({ number, run, result }) => ({
      trial: number,
      validationLoss: "reason" in result ? null : result.validation.loss,
      folder: run.folder,
    })),
    backend: settings.backend,
    durationMs: Math.round(performance.now() - startMs),
  }));
}
