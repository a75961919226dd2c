import { openBackend } from "@gradus/cli/open-backend";
import { takeShare } from "@gradus/cli/share";
import { finishTrial, type SweepRecord } from "@gradus/cli/trial-folder";
import { trialGrid } from "@gradus/cli/trial-grid";
import { openRun, type Run } from "@gradus/train";
import { configOf, flagsOf } from "./config.ts";
import { AXES, type Settings, type Trial } from "./flags.ts";
import { readFlowers } from "./flowers.ts";
import type { IrisOptions } from "./run_iris.ts";
import { saveTraining } from "./save_training.ts";
import { type Divergence, splitSeeds, trainTrial } from "./sweep.ts";
import type { Training } from "./training.ts";

/** A training of a sweep, in a folder of its own. */
export interface RanTrial {
  /** Which one, from 0. */
  readonly number: number;
  readonly trial: Trial;
  readonly run: Run;
  readonly result: Training | Divergence;
}

/**
 * Trains the share of a sweep that `--trial` asks for, each training in a folder of its own. Test rows are
 * not looked at.
 *
 * @throws {UsageError} If the flowers cannot be used; no folder is made.
 */
export async function runTrials(
  settings: Settings,
  options: Omit<IrisOptions, "startMs">,
): Promise<RanTrial[]> {
  const data = await readFlowers(settings.data);
  const splits = splitSeeds(data, settings);
  await using backend = await openBackend(settings.backend);
  const grid = trialGrid(settings, AXES).map((trial, number) => ({ trial, number }));
  const share = settings.trial === null ? grid : takeShare(grid, settings.trial);
  const total = share.length * settings.epochs;
  const ran: RanTrial[] = [];
  for (const { trial, number } of share) {
    const sweep: SweepRecord = {
      ...{ program: "iris", trial: number, trials: grid.length, settings: flagsOf(settings) },
    };
    const run = await openRun({
      ...options.root === undefined ? {} : { root: options.root },
      modelName: settings["model-name"],
      config: { ...configOf(trial, { backend, data }), sweep },
    });
    const result = await trainTrial(trial, {
      ...{ backend, classes: data.classes.length, flowers: splits.get(trial.seed)! },
      onEpoch: async (entry) => {
        const done = ran.length * settings.epochs + entry.epoch + 1;
        options.onProgress({ done, total, trial, entry });
        await run.log(entry);
      },
    });
    if ("model" in result) await saveTraining(run, result, trial);
    await finishTrial(run, { diverged: "reason" in result ? result.reason : null });
    ran.push({ number, trial, run, result });
  }
  return ran;
}
