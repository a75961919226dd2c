/**
 * Trains a perceptron on Fashion-MNIST, and reports: `deno task fashion-mnist --help`.
 *
 * @module
 */

import { helpText, parseFlags } from "@gradus/cli/parse-flags";
import { ProgressLine } from "@gradus/cli/progress-line";
import { UsageError } from "@gradus/cli/usage-error";
import { FLAGS, type Settings } from "./flags.ts";

const startMs = performance.now();
try {
  const settings = parseFlags(Deno.args, FLAGS);
  if (settings.help) {
    console.log(helpText(FLAGS, {
      command: "deno task fashion-mnist",
      purpose: "Trains a perceptron on Fashion-MNIST, or with --sample on drawn shapes.",
    }));
  } else {
    await main(settings);
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  Deno.exit(2);
}

async function main(settings: Settings): Promise<void> {
  const { readImages } = await import("./images.ts");
  const { runFashionMnist } = await import("./run_fashion_mnist.ts");
  const task = await readImages(settings);

  const stop = new AbortController();
  const abort = () => stop.abort();
  Deno.addSignalListener("SIGINT", abort);
  const isTerminal = Deno.stderr.isTerminal();
  const progress = new ProgressLine({
    write: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
    isTerminal,
    ...isTerminal ? { width: Deno.consoleSize().columns } : {},
  });
  const { run, outcome, testAccuracy } = await runFashionMnist(task, settings, {
    signal: stop.signal,
    onProgress: ({ epoch, epochs, share, loss, accuracy, imagesPerSecond, leftMs }) =>
      progress.show(
        share,
        `epoch ${epoch + 1}/${epochs}  loss ${loss.toFixed(3)}  accuracy ${
          (100 * accuracy!).toFixed(1)
        } %  ${imagesPerSecond.toFixed(0)} images/s  ${(leftMs / 1000).toFixed(0)} s left`,
      ),
  });
  Deno.removeSignalListener("SIGINT", abort);
  progress.clear();

  for (const { epoch, training, validation, durationMs } of outcome.epochs) {
    console.log(
      `epoch ${`${epoch + 1}`.padStart(3)}  training loss ${training.loss.toFixed(3)}  accuracy ${
        percent(training.accuracy!)
      }  validation loss ${validation!.loss.toFixed(3)}  accuracy ${
        percent(validation!.accuracy!)
      }  ${(durationMs / 1000).toFixed(1)} s`,
    );
  }
  if (!outcome.isComplete) {
    console.log(`Stopped. Go on with: deno task fashion-mnist --resume ${run.folder}`);
  } else if (testAccuracy !== null) {
    console.log(`Test accuracy ${percent(testAccuracy)}.`);
  }
  console.log(`Report, plots, parameters and predictions.csv: ${run.folder}/report.html`);
  if (settings.json) {
    const last = outcome.epochs.at(-1);
    console.log(JSON.stringify({
      trainLoss: last?.training.loss ?? null,
      validationAccuracy: last?.validation?.accuracy ?? null,
      testAccuracy,
      backend: settings.backend,
      folder: run.folder,
      epochs: outcome.epochs.length,
      imagesPerSecond: Math.round(outcome.imagesPerSecond),
      durationMs: Math.round(performance.now() - startMs),
    }));
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
