/**
 * Trains a two-layer network on Iris over a grid of learning rates and hidden units, chooses by
 * validation loss, and reports: `deno task iris --help`.
 *
 * @module
 */

import { helpText, parseFlags } from "@gradus/cli/parse-flags";
import { ProgressLine } from "@gradus/cli/progress-line";
import { textTable } from "@gradus/cli/text-table";
import { UsageError } from "@gradus/cli/usage-error";
import { DivergedError } from "./diverged_error.ts";
import { assertSettings, FLAGS, type Settings } from "./flags.ts";

const startMs = performance.now();
try {
  const settings = parseFlags(Deno.args, FLAGS);
  if (settings.help) {
    console.log(helpText(FLAGS, {
      command: "deno task iris",
      purpose:
        "Trains a network 4-hidden-3 on Iris for each learning rate and number of hidden units.",
    }));
  } else {
    assertSettings(settings);
    await main(settings);
  }
} catch (error) {
  const isExpected = error instanceof UsageError || error instanceof DivergedError;
  if (!isExpected) throw error;
  // A file's contents may be in the message.
  console.error(error.message.replace(/\p{Cc}+/gu, " ").slice(0, 500));
  Deno.exit(error instanceof UsageError ? 2 : 1);
}

async function main(settings: Settings): Promise<void> {
  // Loaded now, so that help and wrong flags answer at once.
  const { runIris } = await import("./run_iris.ts");
  const { percent } = await import("./findings.ts");
  const { SWEEP_HEADER, sweepRows } = await import("./report.ts");
  const isTerminal = Deno.stderr.isTerminal();
  const progress = new ProgressLine({
    write: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
    isTerminal,
    ...isTerminal ? { width: Deno.consoleSize().columns } : {},
  });
  const { run, results } = await runIris(settings, {
    startMs,
    onProgress: ({ done, total, learningRate, hidden, seed, entry }) =>
      progress.show(
        done / total,
        `rate ${learningRate}, hidden ${hidden}, seed ${seed}: validation loss ${
          entry.validation!.loss.toFixed(3)
        }`,
      ),
  }).finally(() => progress.clear());

  const { combination, testError } = results.best;
  console.log(textTable(SWEEP_HEADER, sweepRows(results)));
  console.log(
    `\nChosen by mean validation loss: learning rate ${combination.learningRate}, ${combination.hidden} hidden units. ` +
      `Mean test accuracy ${percent(1 - testError.mean)}.\n`,
  );
  for (const sentence of results.findings) console.log(`${sentence}\n`);
  console.log(`Report, plots and parameters: ${run.folder}/report.html`);
  if (settings.json) {
    console.log(JSON.stringify({
      testAccuracy: 1 - testError.mean,
      testError: testError.mean,
      validationError: combination.validationError.mean,
      learningRate: combination.learningRate,
      hidden: combination.hidden,
      seed: settings.seed,
      backend: settings.backend,
      folder: run.folder,
      durationMs: Math.round(performance.now() - startMs),
    }));
  }
}
