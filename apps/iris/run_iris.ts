import { openBackend } from "@gradus/cli/open-backend";
import { openRun, type Run } from "@gradus/train";
import { conclude } from "./conclude.ts";
import { configOf } from "./config.ts";
import type { Settings } from "./flags.ts";
import { readFlowers } from "./flowers.ts";
import type { Results } from "./report.ts";
import { splitSeeds, sweep, type SweepProgress } from "./sweep.ts";

/** What a run is told beside its settings. */
export interface IrisOptions {
  /** The folder of all experiments. Default: `experiments`. */
  readonly root?: string;
  /** When the program started, of `performance.now`. */
  readonly startMs: number;
  /** Sees each epoch of each training. */
  readonly onProgress: (progress: SweepProgress) => void;
}

/**
 * Sweeps, chooses by validation loss, tests once, and writes everything into a new folder.
 *
 * @throws {UsageError} If the flowers cannot be used; no folder is made.
 * @throws {DivergedError} If no combination can be trained to the end.
 */
export async function runIris(
  settings: Settings,
  options: IrisOptions,
): Promise<{ readonly run: Run; readonly results: Results }> {
  const data = await readFlowers(settings.data);
  const splits = splitSeeds(data, settings);
  await using backend = await openBackend(settings.backend);
  const run = await openRun({
    ...options.root === undefined ? {} : { root: options.root },
    modelName: settings["model-name"],
    config: configOf(settings, { backend, data }),
  });

  const swept = await sweep(splits, {
    settings,
    classes: data.classes.length,
    backend,
    onEpoch: async (progress) => {
      options.onProgress(progress);
      if (progress.entry.epoch === 0) run.epochs.length = 0;
      await run.log(progress.entry);
    },
  });
  const results = await conclude(swept, {
    ...{ run, data, settings, backend, startMs: options.startMs },
  });
  return { run, results };
}
