import type { Sequential } from "@gradus/layers";
import { type EpochEntry, type Run, save } from "@gradus/train";
import { sweepCsv, sweepSection } from "./_image_sweep_report.ts";
import { assertTestSize, type ImageTest, testImages } from "./_image_test.ts";
import { openImageRun, prepareImages } from "./_image_training.ts";
import { accuracyOf, type TestedImages, writeClassifierReport } from "./classifier_report.ts";
import type { Config } from "./config_file.ts";
import type { Classified } from "./classify.ts";
import { DivergedError } from "./diverged_error.ts";
import type { ImageSweep, ImageSweepTrial } from "./image_sweep.ts";
import type { ImageProgram } from "./run_images.ts";
import { openRunModel } from "./run_model.ts";
import { type Spread, spreadOf } from "./spread.ts";
import type { ClassifierOutcome } from "./train_classifier.ts";
import { type MergedTrial, mergeTrials, type TrialFolder } from "./trial_folder.ts";
import { UsageError } from "./usage_error.ts";

/** A trial of a sweep, as planned and as run. */
export interface CollectedTrial {
  /** As planned. */
  readonly plan: ImageSweepTrial;
  /** As run. */
  readonly ran: MergedTrial;
}

/** Trials that differ in the seed alone. */
export interface ImageCombination {
  /** The value of each axis. */
  readonly values: readonly (number | null)[];
  /** A trial for each seed. */
  readonly trials: readonly CollectedTrial[];
  /** After the last epoch; null where a trial went astray. */
  readonly validation: { readonly loss: Spread; readonly accuracy: Spread } | null;
}

/** What became of a sweep. */
export interface CollectedSweep {
  /** The report's folder. */
  readonly run: Run;
  /** All combinations, in the order of the sweep. */
  readonly combinations: readonly ImageCombination[];
  /** The one of the lowest mean validation loss. */
  readonly best: ImageCombination;
  /** Its accuracy on the test images, a value a seed; null if labels are not known. */
  readonly testAccuracy: Spread | null;
  /** The same with mirror images; null where that was not asked. */
  readonly mirroredTestAccuracy: Spread | null;
  /** The same with moved images too; null where that was not asked. */
  readonly shiftedTestAccuracy: Spread | null;
}

/**
 * Chooses among the trials of a sweep by mean validation loss, looks at the test images once with what was
 * chosen, and writes a report, as if all trials had been run here.
 *
 * @param sweep The sweep.
 * @param folders Its trials, in any order, some of them twice.
 * @returns What became of it.
 * @throws {UsageError} If a trial is missing or damaged, or was run on other images.
 * @throws {DivergedError} If each combination has a trial that went astray.
 *
 * @example
 * ```ts
 * import { collectImageTrials, drawnTask, imageSweep, UsageError } from "@gradus/cli";
 * import { assertRejects } from "@std/assert";
 *
 * const settings = { rate: [0.1], seed: 0, seeds: 1, trial: null, sample: true };
 * const sweep = imageSweep(settings, ["rate"], {
 *   ...{ program: "shapes", config: { rate: [0.1] } },
 *   readTask: ({ seed }) => Promise.resolve(drawnTask({ seed })),
 *   programOf: () => {
 *     throw new Error("not asked for");
 *   },
 * });
 * await assertRejects(() => collectImageTrials(sweep, []), UsageError, "found none");
 * ```
 */
export async function collectImageTrials(
  sweep: ImageSweep,
  folders: readonly TrialFolder[],
): Promise<CollectedSweep> {
  const merged = await mergeTrials(folders, sweep.trials.map(({ name }) => name));
  const combinations = combine(sweep.trials.map((plan, i) => ({ plan, ran: merged[i]! })));
  const best = choose(combinations);
  const shown = best.trials.reduce((lowest, trial) =>
    lossOf(trial) < lossOf(lowest) ? trial : lowest
  );

  // The choice is made: now, and only now, the test images.
  const accuracies: Accuracies[] = [];
  let opened: OpenedTrial | null = null;
  let test: TestedImages | null = null;
  for (const trial of best.trials) {
    const candidate = await openTrial(trial);
    const tested = await testImages(candidate);
    accuracies.push(accuraciesOf(tested));
    if (trial === shown) [opened, test] = [candidate, tested];
  }
  const spreadOver = (of: (accuracies: Accuracies) => number | null) => {
    const values = accuracies.map(of).filter((value) => value !== null);
    return values.length === 0 ? null : spreadOf(values);
  };
  const { model, statistics, program } = opened!;
  const run = await openImageRun(
    { ...program, config: { ...program.config, ...listsOf(sweep) } },
    { statistics, parent: null },
  );
  const collected: CollectedSweep = {
    ...{ run, combinations, best },
    testAccuracy: spreadOver(({ plain }) => plain),
    mirroredTestAccuracy: spreadOver(({ mirrored }) => mirrored),
    shiftedTestAccuracy: spreadOver(({ shifted }) => shifted),
  };
  run.restart(shown.ran.epochs);
  await run.finish();
  await save(model, run.path("model.safetensors"));
  await run.write("sweep.csv", sweepCsv(sweep, collected));
  await writeClassifierReport(run, {
    ...{ title: program.title, lead: program.lead, classes: program.task.classes, test: test! },
    outcome: outcomeOf(shown.ran.epochs),
    sections: [sweepSection(sweep, collected), ...program.explain({ model })],
  });
  return collected;
}

/** A trial's model and all that it takes to test it. */
interface OpenedTrial extends ImageTest {
  readonly model: Sequential;
  readonly program: ImageProgram;
}

interface Accuracies {
  readonly plain: number | null;
  readonly mirrored: number | null;
  readonly shifted: number | null;
}

function combine(all: readonly CollectedTrial[]): ImageCombination[] {
  const names = [...new Set(all.map(({ plan }) => plan.values.join()))];
  return names.map((name): ImageCombination => {
    const trials = all.filter(({ plan }) => plan.values.join() === name);
    const { values } = trials[0]!.plan;
    if (trials.some(({ ran }) => ran.diverged !== null)) {
      return { values, trials, validation: null };
    }
    const last = trials.map(({ ran }) => ran.epochs.at(-1)!.validation!);
    return {
      ...{ values, trials },
      validation: {
        loss: spreadOf(last.map(({ loss }) => loss)),
        accuracy: spreadOf(last.map(({ accuracy }) => accuracy!)),
      },
    };
  });
}

/** The combination of the lowest mean validation loss. */
function choose(combinations: readonly ImageCombination[]): ImageCombination {
  const trained = combinations.filter(({ validation }) => validation !== null);
  if (trained.length > 0) {
    return trained.reduce((best, combination) =>
      combination.validation!.loss.mean < best.validation!.loss.mean ? combination : best
    );
  }
  const { plan, ran } = combinations[0]!.trials.find(({ ran }) => ran.diverged !== null)!;
  throw new DivergedError(
    `Cannot choose among the trials as one must not diverge: found that all did, the first with ${plan.name} (${ran.diverged})`,
  );
}

function lossOf({ ran }: CollectedTrial): number {
  return ran.epochs.at(-1)!.validation!.loss;
}

/** The model of a trial, which must have been trained on the images that are here. */
async function openTrial({ plan, ran }: CollectedTrial): Promise<OpenedTrial> {
  const { folder, config } = ran;
  const program = await plan.open();
  assertTestSize(program.task);
  const { statistics } = prepareImages(program);
  if (JSON.stringify(config["statistics"]) !== JSON.stringify(statistics)) {
    throw new UsageError(
      `Cannot collect ${folder} as it must have been trained on the images that are here: found that means and deviations of their channels differ`,
    );
  }
  const { backend, task } = program;
  const model = await openRunModel(folder, {
    ...{ backend, verb: "collect" },
    inputShape: task.training.x.shape.slice(1),
    outputShape: [task.classes.length],
  });
  return { ...program, program, model, statistics };
}

function accuraciesOf({ labels, plain, mirrored, shifted = null }: TestedImages): Accuracies {
  const accuracy = (of: Classified | null) =>
    of === null || labels === null ? null : accuracyOf(of.predictions, labels);
  return { plain: accuracy(plain), mirrored: accuracy(mirrored), shifted: accuracy(shifted) };
}

/** What the configuration of a sweep has in place of that of a trial. */
function listsOf({ axes, config }: ImageSweep): Config {
  return Object.fromEntries([...axes, "seed", "seeds"].map((name) => [name, config[name]]));
}

function outcomeOf(epochs: readonly EpochEntry[]): ClassifierOutcome {
  const rows = epochs.reduce((sum, { training }) => sum + training.rows, 0);
  const durationMs = epochs.reduce((sum, entry) => sum + entry.durationMs, 0);
  return {
    epochs,
    ...{ firstStep: 0, learningRates: [], isComplete: true },
    imagesPerSecond: 1000 * rows / durationMs,
  };
}
