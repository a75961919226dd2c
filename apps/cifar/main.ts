/**
 * Trains a convolutional network on CIFAR-10, and reports: `deno task cifar --help`.
 *
 * @module
 */

import { chooseBackend } from "@gradus/cli/choose-backend";
import { DivergedError } from "@gradus/cli/diverged-error";
import { helpText } from "@gradus/cli/parse-flags";
import { ProgressLine } from "@gradus/cli/progress-line";
import { resumeFlags } from "@gradus/cli/resume-flags";
import { UsageError } from "@gradus/cli/usage-error";
import { CHANGEABLE, FLAGS, type Settings } from "./flags.ts";

/** As shells have it for what Ctrl-C ended: 128 and the number of SIGINT. */
const STOPPED = 130;

const startMs = performance.now();
try {
  const flags = await resumeFlags(Deno.args, FLAGS, { changeable: CHANGEABLE });
  if (flags.help) {
    console.log(helpText(FLAGS, {
      command: "deno task cifar",
      purpose: "Trains a convolutional network on CIFAR-10, or with --sample on drawn shapes.",
      note:
        "Ctrl-C stops and says how to go on from the last whole epoch. Exit codes: 0 where all " +
        "is done, 1 where training diverges, 2 where a flag or a file cannot be used, " +
        `${STOPPED} after Ctrl-C.`,
    }));
  } else {
    const { name: backend, reason } = await chooseBackend(flags.backend);
    Deno.exitCode = await main({ ...flags, backend }, reason);
  }
} catch (error) {
  const isExpected = error instanceof UsageError || error instanceof DivergedError;
  if (!isExpected) throw error;
  const advice = error instanceof DivergedError ? "; a lower --learning-rate may help" : "";
  // A file's contents may be in the message.
  console.error(`${error.message.replace(/\p{Cc}+/gu, " ").slice(0, 500)}${advice}`);
  Deno.exit(error instanceof UsageError ? 2 : 1);
}

async function main(settings: Settings, reason: string | null): Promise<number> {
  // Loaded now, so that help and wrong flags answer at once.
  const { epochText } = await import("@gradus/cli/epoch-text");
  const { progressText } = await import("@gradus/cli/progress-text");
  const { readImages } = await import("./images.ts");
  const { runCifar } = await import("./run_cifar.ts");
  const task = await readImages(settings);
  if (reason !== null) console.log(`Backend ${settings.backend}: ${reason}.`);

  const stop = new AbortController();
  const abort = () => stop.abort();
  Deno.addSignalListener("SIGINT", abort);
  const isTerminal = Deno.stderr.isTerminal();
  const progress = new ProgressLine({
    write: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
    isTerminal,
    ...isTerminal ? { width: Deno.consoleSize().columns } : {},
  });
  const { run, outcome, resumable, testAccuracy, mirroredTestAccuracy } = await runCifar(
    task,
    settings,
    {
      signal: stop.signal,
      onProgress: (now) => progress.show(now.share, progressText(now)),
      onEpoch: (entry) => {
        progress.clear();
        console.log(epochText(entry));
      },
    },
  ).finally(() => {
    progress.clear();
    Deno.removeSignalListener("SIGINT", abort);
  });

  const { epochs, imagesPerSecond, isComplete } = outcome;
  if (isComplete) {
    if (testAccuracy !== null) {
      console.log(
        `Test accuracy ${percent(testAccuracy)}, with mirror images ${
          percent(mirroredTestAccuracy!)
        }.`,
      );
    }
    console.log(`Report, plots, parameters and predictions.csv: ${run.folder}/report.html`);
  } else {
    console.log(
      resumable === null
        ? "Stopped in the first epoch, of which nothing is kept."
        : `Stopped. Go on with: deno task cifar --resume ${resumable}`,
    );
  }
  if (settings.json) {
    const last = epochs.at(-1);
    console.log(JSON.stringify({
      trainLoss: last?.training.loss ?? null,
      validationAccuracy: last?.validation?.accuracy ?? null,
      testAccuracy,
      mirroredTestAccuracy,
      backend: settings.backend,
      folder: run.folder,
      epochs: epochs.length,
      imagesPerSecond: Math.round(imagesPerSecond),
      durationMs: Math.round(performance.now() - startMs),
    }));
  }
  return isComplete ? 0 : STOPPED;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
