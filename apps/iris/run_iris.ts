import { openBackend, UsageError } from "@gradus/cli";
import type { Iris } from "@gradus/data/iris";
import { openRun, type Run, save } from "@gradus/train";
import { findings } from "./findings.ts";
import type { Settings } from "./flags.ts";
import { readFlowers } from "./flowers.ts";
import { type Results, writeReport } from "./report.ts";
import { choose, errorOf, spreadOf, sweep, type SweepProgress, testOnce } from "./sweep.ts";

/** What a run is told beside its settings. */
export interface IrisOptions {
  /** The folder of all experiments. Default: `experiments`. */
  readonly root?: string;
  /** When the program started, of `performance.now`. */
  readonly startMs: number;
  /** Sees each epoch of each training. */
  readonly onProgress: (progress: SweepProgress) => void;
}

/** Sweeps, chooses by validation loss, tests once, and writes everything into a new folder. */
export async function runIris(
  settings: Settings,
  options: IrisOptions,
): Promise<{ readonly run: Run; readonly results: Results }> {
  const data = await readData(settings.data);
  await using backend = await openBackend(settings.backend);
  const run = await openRun({
    ...options.root === undefined ? {} : { root: options.root },
    modelName: settings["model-name"],
    config: configOf(settings),
  });

  const combinations = await sweep(data, {
    settings,
    backend,
    onEpoch: async (progress) => {
      options.onProgress(progress);
      if (progress.entry.epoch === 0) run.restart();
      await run.log(progress.entry);
    },
  });
  const best = choose(combinations);

  // The choice is made: now, and only now, the test rows.
  const tested = [];
  for (const combination of combinations) {
    const tests = [];
    for (const training of combination.trainings) tests.push(await testOnce(training, backend));
    tested.push({
      combination,
      tests,
      testError: spreadOf(tests.map(({ means }) => errorOf(means))),
    });
  }
  const shown = best.trainings.reduce((lowest, training) =>
    training.validation.loss < lowest.validation.loss ? training : lowest
  );
  run.restart(shown.epochs);
  await run.finish();
  await save(shown.model, run.path("model.safetensors"));
  const results = {
    ...{ data, settings, tested, best, shown },
    bestTests: tested.find(({ combination }) => combination === best)!.tests,
    findings: findings(tested),
    durationMs: performance.now() - options.startMs,
  };
  await writeReport(run, results);
  return { run, results };
}

/** What it takes to do the run again; times and paths are elsewhere. */
function configOf(settings: Settings): Record<string, unknown> {
  const { json: _json, help: _help, ...rest } = settings;
  return { ...rest, versions: { gradus: "0.1.0", deno: Deno.version.deno, v8: Deno.version.v8 } };
}

async function readData(file: string | null): Promise<Iris> {
  try {
    return await readFlowers(file);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Deno.errors.NotFound) {
      throw new UsageError(`Cannot use --data: ${error.message}`, { cause: error });
    }
    throw error;
  }
}
