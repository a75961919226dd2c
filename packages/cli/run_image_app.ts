import type { BackendChoice } from "./choose_backend.ts";
import { type CollectedSweep, collectImageTrials } from "./collect_image_trials.ts";
import { epochText } from "./epoch_text.ts";
import type { ImageSweep } from "./image_sweep.ts";
import { progressText } from "./progress_text.ts";
import { type ImageTrial, runImageTrials } from "./run_image_trials.ts";
import { runImages } from "./run_images.ts";
import { interruptible, stderrProgress, STOPPED } from "./run_program.ts";
import type { Share } from "./share.ts";
import type { Spread } from "./spread.ts";
import { textTable } from "./text_table.ts";
import { findTrials } from "./trial_folder.ts";

/** What {@linkcode runImageApp} is told beside the sweep. */
export interface ImageAppOptions {
  /** Which trials to run; null for all, and to choose and test. */
  readonly share: Share | null;
  /** What computes, and why. */
  readonly backend: BackendChoice;
  /** Whether the last line is JSON. */
  readonly json: boolean;
}

/**
 * Runs what a program that trains on images was told: one training, a sweep, or a share of its trials. It
 * prints what came of it, and Ctrl-C stops it.
 *
 * @param sweep The sweep, perhaps of one trial.
 * @param options Which trials, and how to print.
 * @returns The exit code: 0, or 130 after Ctrl-C.
 * @throws {UsageError} If files or settings cannot be used.
 * @throws {DivergedError} If the only training went astray, or all trials did.
 *
 * @example
 * ```ts
 * import { drawnTask, imageSweep, runImageApp } from "@gradus/cli";
 * import { Dense, Flatten, Sequential } from "@gradus/layers";
 * import { SoftmaxCrossEntropy } from "@gradus/losses";
 * import { Sgd } from "@gradus/optim";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const settings = { rate: [0.1, 0.3], seed: 0, seeds: 1, trial: null, sample: true };
 * const root = await Deno.makeTempDir();
 * const sweep = imageSweep(settings, ["rate"], {
 *   ...{ program: "shapes", config: { rate: [0.1, 0.3] } },
 *   readTask: ({ seed }) => Promise.resolve(drawnTask({ seed, limit: 40 })),
 *   programOf: (task, { rate, seed }) => ({
 *     ...{ title: "Shapes", lead: "A linear model.", task, mirrored: false, explain: () => [] },
 *     build: ({ backend, random }) => {
 *       const model = new Sequential([new Flatten(), new Dense(10)]);
 *       model.init([32, 32, 3], { backend, random });
 *       const optimizer = new Sgd(model.parameters, { learningRate: 0.01 * rate });
 *       return { model, optimizer, loss: new SoftmaxCrossEntropy() };
 *     },
 *     ...{ backend: reference(), epochs: 1, batch: 10, seed, validation: 10, limit: null },
 *     ...{ modelName: "shapes", root, resume: null, config: { rate, seed } },
 *   }),
 * });
 * const backend = { name: "reference", reason: null } as const;
 * const share = { index: 1, count: 2 };
 * assertEquals(await runImageApp(sweep, { share, backend, json: false }), 0);
 * ```
 */
export async function runImageApp(sweep: ImageSweep, options: ImageAppOptions): Promise<number> {
  const { share } = options;
  return sweep.trials.length === 1 && share === null
    ? await runOne(sweep, options)
    : await runSweep(sweep, options);
}

async function runOne(sweep: ImageSweep, options: ImageAppOptions): Promise<number> {
  const startMs = performance.now();
  const program = await sweep.trials[0]!.open();
  printBackend(options);
  const progress = stderrProgress();
  const { run, outcome, resumable, ...accuracies } = await interruptible(
    (signal) =>
      runImages({
        ...program,
        signal,
        onProgress: (now) => progress.show(now.share, progressText(now)),
        onEpoch: (entry) => {
          progress.clear();
          console.log(epochText(entry));
        },
      }),
  ).finally(() => progress.clear());

  const { testAccuracy, mirroredTestAccuracy, shiftedTestAccuracy } = accuracies;
  const { epochs, imagesPerSecond, isComplete } = outcome;
  if (isComplete) {
    if (testAccuracy !== null) {
      const more = (what: string, accuracy: number | null) =>
        accuracy === null ? "" : `, with ${what} ${percent(accuracy)}`;
      const mirrored = more("mirror images", mirroredTestAccuracy);
      const shifted = more("moved images too", shiftedTestAccuracy);
      console.log(`Test accuracy ${percent(testAccuracy)}${mirrored}${shifted}.`);
    }
    console.log(`Report, plots, parameters and predictions.csv: ${run.folder}/report.html`);
  } else {
    console.log(
      resumable === null
        ? "Stopped in the first epoch, of which nothing is kept."
        : `Stopped. Go on with: deno task ${sweep.program} --resume ${resumable}`,
    );
  }
  if (options.json) {
    const last = epochs.at(-1);
    printJson({
      trainLoss: last?.training.loss ?? null,
      validationAccuracy: last?.validation?.accuracy ?? null,
      testAccuracy,
      ...program.mirrored ? { mirroredTestAccuracy } : {},
      ...program.shift ? { shiftedTestAccuracy } : {},
      backend: options.backend.name,
      folder: run.folder,
      epochs: epochs.length,
      imagesPerSecond: Math.round(imagesPerSecond),
    }, startMs);
  }
  return isComplete ? 0 : STOPPED;
}

async function runSweep(sweep: ImageSweep, options: ImageAppOptions): Promise<number> {
  const { share, json } = options;
  const startMs = performance.now();
  const count = sweep.trials.length;
  printBackend(options);
  const progress = stderrProgress();
  const ran: ImageTrial[] = [];
  await interruptible(async (signal) => {
    const onProgress = (now: Parameters<typeof progressText>[0]) =>
      progress.show(now.share, `${ran.length + 1} done  ${progressText(now)}`);
    for await (const trial of runImageTrials(sweep, { share, signal, onProgress })) {
      progress.clear();
      ran.push(trial);
      console.log(trialText(trial, count));
    }
  }).finally(() => progress.clear());
  if (ran.some(({ isComplete }) => !isComplete)) {
    console.log("Stopped. Trials before this one are kept.");
    return STOPPED;
  }
  if (share !== null) {
    console.log(
      ran.length === 0
        ? `Nothing to do: of ${count} trials, none falls to share ${share.index} of ${share.count}.`
        : `Trials: ${ran.length} of ${count}. Once all are run: deno task collect`,
    );
    if (json) printJson({ trials: ran.map(trialJson), backend: options.backend.name }, startMs);
    return 0;
  }
  const { trials } = await findTrials(ran.map(({ run }) => run.folder));
  const collected = await collectImageTrials(sweep, trials);
  printCollected(sweep, collected, { json, startMs });
  return 0;
}

/**
 * Prints what came of a sweep: a table, what was chosen, where the report is.
 *
 * @param sweep The sweep.
 * @param collected What {@linkcode collectImageTrials} returned.
 * @param options Whether the last line is JSON, and when it began, of `performance.now()`.
 *
 * @example
 * ```ts
 * import { collectImageTrials, findTrials, type ImageSweep, printCollected } from "@gradus/cli";
 *
 * async function collect(sweep: ImageSweep) {
 *   const { trials } = await findTrials(["experiments"]);
 *   const collected = await collectImageTrials(sweep, trials);
 *   printCollected(sweep, collected, { json: false, startMs: performance.now() });
 * }
 * ```
 */
export function printCollected(
  sweep: ImageSweep,
  collected: CollectedSweep,
  options: { readonly json: boolean; readonly startMs: number },
): void {
  const { run, combinations, best, testAccuracy } = collected;
  const { mirroredTestAccuracy, shiftedTestAccuracy } = collected;
  console.log(`\n${
    textTable(
      [...sweep.axes, "validation loss", "validation accuracy"],
      combinations.map(({ values, validation }) => [
        ...values.map((value) => `${value}`),
        ...validation === null
          ? ["diverged", "–"]
          : [validation.loss.mean.toFixed(4), percent(validation.accuracy.mean)],
      ]),
    )
  }\n`);
  const chosen = sweep.axes.map((axis, i) => `${axis} ${best.values[i]}`);
  if (chosen.length > 0) console.log(`Chosen by mean validation loss: ${chosen.join(", ")}.`);
  if (testAccuracy !== null) {
    const more = (what: string, accuracy: Spread | null) =>
      accuracy === null ? "" : `, with ${what} ${meanText(accuracy)}`;
    const mirrored = more("mirror images", mirroredTestAccuracy);
    const shifted = more("moved images too", shiftedTestAccuracy);
    console.log(`Mean test accuracy ${meanText(testAccuracy)}${mirrored}${shifted}.`);
  }
  console.log(`Report, plots, parameters and predictions.csv: ${run.folder}/report.html`);
  if (!options.json) return;
  printJson({
    chosen: Object.fromEntries(sweep.axes.map((axis, i) => [axis, best.values[i]])),
    validationLoss: best.validation!.loss.mean,
    validationAccuracy: best.validation!.accuracy.mean,
    testAccuracy: testAccuracy?.mean ?? null,
    ...mirroredTestAccuracy === null ? {} : { mirroredTestAccuracy: mirroredTestAccuracy.mean },
    ...shiftedTestAccuracy === null ? {} : { shiftedTestAccuracy: shiftedTestAccuracy.mean },
    folder: run.folder,
  }, options.startMs);
}

function printBackend({ backend: { name, reason } }: ImageAppOptions): void {
  if (reason !== null) console.log(`Backend ${name}: ${reason}.`);
}

function printJson(result: Readonly<Record<string, unknown>>, startMs: number): void {
  console.log(
    JSON.stringify({ ...result, durationMs: Math.round(performance.now() - startMs) }),
  );
}

function trialText({ trial, name, run, diverged, isComplete }: ImageTrial, count: number): string {
  const means = run.epochs.at(-1)?.validation;
  const outcome = !isComplete
    ? "stopped"
    : diverged === null
    ? `validation loss ${means!.loss.toFixed(4)}, accuracy ${percent(means!.accuracy!)}`
    : "diverged";
  return `trial ${trial} of ${count} (${name}): ${outcome}  ${run.folder}`;
}

function trialJson({ trial, name, run, diverged }: ImageTrial): Record<string, unknown> {
  const means = diverged === null ? run.epochs.at(-1)!.validation! : null;
  return {
    ...{ trial, name, diverged },
    validationLoss: means?.loss ?? null,
    validationAccuracy: means?.accuracy ?? null,
    folder: run.folder,
  };
}

function meanText({ mean, deviation, values }: Spread): string {
  return values.length === 1 ? percent(mean) : `${percent(mean)} ± ${(100 * deviation).toFixed(2)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
