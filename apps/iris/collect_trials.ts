import { settingsFromConfig } from "@gradus/cli/config-file";
import { openBackend } from "@gradus/cli/open-backend";
import { openRunModel } from "@gradus/cli/run-model";
import { openRunTraining } from "@gradus/cli/run-training";
import {
  assertOneSweep,
  type MergedTrial,
  mergeTrials,
  type TrialFolder,
} from "@gradus/cli/trial-folder";
import { trialGrid, trialName } from "@gradus/cli/trial-grid";
import { UsageError } from "@gradus/cli/usage-error";
import type { Backend } from "@gradus/tensor";
import { openRun, readFileWhole, type Run } from "@gradus/train";
import { conclude } from "./conclude.ts";
import { configOf } from "./config.ts";
import { AXES, FLAGS, type Trial } from "./flags.ts";
import { type Flowers, readFlowers } from "./flowers.ts";
import type { Results } from "./report.ts";
import type { IrisOptions } from "./run_iris.ts";
import { type Divergence, gather, splitSeeds } from "./sweep.ts";
import type { Training } from "./training.ts";

/**
 * Chooses among the trainings of a sweep, tests once, and writes the report that {@linkcode runIris} would
 * have written.
 *
 * @throws {UsageError} If a training is missing or damaged, or was done on other flowers.
 * @throws {DivergedError} If no combination was trained to the end.
 */
export async function collectTrials(
  folders: readonly TrialFolder[],
  options: Omit<IrisOptions, "onProgress"> & {
    /** Flowers in place of those that the sweep names; null for these. */
    readonly data: string | null;
  },
): Promise<{ readonly run: Run; readonly results: Results }> {
  assertOneSweep(folders);
  const settings = settingsFromConfig(folders[0]!.sweep.settings, FLAGS, folders[0]!);
  const grid = trialGrid(settings, AXES);
  const names = grid.map(({ hidden, "learning-rate": rate, seed }) =>
    trialName({ hidden, "learning-rate": rate, seed })
  );
  const merged = await mergeTrials(folders, names);
  const data = await readFlowers(options.data ?? settings.data);
  const splits = splitSeeds(data, settings);
  await using backend = await openBackend(settings.backend);
  const context = { classes: data.classes.length, backend };
  const results: (Training | Divergence)[] = [];
  for (const [i, trial] of grid.entries()) {
    const flowers = splits.get(trial.seed)!;
    results.push(await readResult(trial, merged[i]!, { ...context, flowers }));
  }
  const swept = gather(settings, results);
  const run = await openRun({
    ...options.root === undefined ? {} : { root: options.root },
    modelName: settings["model-name"],
    config: configOf(settings, { backend, data }),
  });
  const concluded = await conclude(swept, {
    ...{ run, data, settings, backend, startMs: options.startMs },
  });
  return { run, results: concluded };
}

async function readResult(
  { "learning-rate": learningRate, hidden, seed }: Trial,
  { folder, epochs, diverged }: MergedTrial,
  context: { readonly flowers: Flowers; readonly classes: number; readonly backend: Backend },
): Promise<Training | Divergence> {
  if (diverged !== null) return { learningRate, hidden, seed, reason: diverged };
  const { flowers, classes, backend } = context;
  await assertStandardizer(folder, flowers);
  const model = await openRunModel(folder, {
    ...{ backend, verb: "collect", inputShape: [4], outputShape: [classes] },
  });
  const training = await openRunTraining(folder, { model, verb: "collect" });
  return {
    ...{ learningRate, hidden, seed, model, flowers, epochs },
    ...training === null ? {} : { started: training },
    validation: epochs.at(-1)!.validation!,
  };
}

/** The means of the training rows tell whether they were the same ones. */
async function assertStandardizer(folder: string, { standardizer }: Flowers): Promise<void> {
  const bytes = await readFileWhole(`${folder}/standardizer.json`).catch(() => new Uint8Array());
  if (new TextDecoder().decode(bytes).trim() === JSON.stringify(standardizer)) return;
  throw new UsageError(
    `Cannot collect ${folder} as it must have been trained on the flowers that are here: found that its standardizer.json differs`,
  );
}
