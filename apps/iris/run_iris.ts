import { VERSION } from "@gradus/cli/version";
import { openBackend } from "@gradus/cli/open-backend";
import type { Backend } from "@gradus/tensor";
import { openRun, type Run, save } from "@gradus/train";
import { findings, type TestedCombination } from "./findings.ts";
import type { Settings } from "./flags.ts";
import { readFlowers } from "./flowers.ts";
import { type Results, writeReport } from "./report.ts";
import {
  choose,
  errorOf,
  splitSeeds,
  spreadOf,
  sweep,
  type SweepProgress,
  testOnce,
} from "./sweep.ts";

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
    config: configOf(settings, backend),
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
  const best = choose(swept);

  // The choice is made: now, and only now, the test rows.
  const tested: TestedCombination[] = [];
  for (const combination of swept.combinations) {
    const tests = [];
    for (const training of combination.trainings) tests.push(await testOnce(training, backend));
    const testError = spreadOf(tests.map(({ means }) => errorOf(means)));
    tested.push({ combination, tests, testError });
  }
  const shown = best.trainings.reduce((lowest, training) =>
    training.validation.loss < lowest.validation.loss ? training : lowest
  );
  run.epochs.splice(0, run.epochs.length, ...shown.epochs);
  await run.finish();
  await save(shown.model, run.path("model.safetensors"));
  await run.write("standardizer.json", `${JSON.stringify(shown.flowers.standardizer)}\n`);
  const { diverged } = swept;
  const results = {
    ...{ data, settings, tested, diverged, shown },
    best: tested.find(({ combination }) => combination === best)!,
    findings: findings(tested, { diverged }),
    durationMs: performance.now() - options.startMs,
  };
  await writeReport(run, results);
  return { run, results };
}

/** What it takes to do the run again; times and paths are elsewhere. */
function configOf(settings: Settings, backend: Backend): Record<string, unknown> {
  const { json: _json, help: _help, ...rest } = settings;
  return {
    ...rest,
    // The order of sums, and so their last bits, depend on it.
    ..."threads" in backend ? { threads: backend.threads } : {},
    versions: { gradus: VERSION, deno: Deno.version.deno, v8: Deno.version.v8 },
  };
}
