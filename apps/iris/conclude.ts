import { spreadOf } from "@gradus/cli/spread";
import type { Iris } from "@gradus/data/iris";
import type { Backend } from "@gradus/tensor";
import type { Run } from "@gradus/train";
import { findings, type TestedCombination } from "./findings.ts";
import type { Settings } from "./flags.ts";
import { type Results, writeReport } from "./report.ts";
import { saveTraining } from "./save_training.ts";
import { choose, errorOf, type Sweep, testOnce } from "./sweep.ts";

/** Where a sweep is concluded. */
export interface ConcludeOptions {
  readonly run: Run;
  readonly data: Iris;
  readonly settings: Settings;
  readonly backend: Backend;
  /** When the program started, of `performance.now`. */
  readonly startMs: number;
}

/**
 * Chooses by validation loss, tests once, and writes the report into the folder of the run.
 *
 * @throws {DivergedError} If no combination was trained to the end.
 */
export async function conclude(swept: Sweep, options: ConcludeOptions): Promise<Results> {
  const { run, data, settings, backend, startMs } = options;
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
  run.restart(shown.epochs);
  await run.finish();
  await saveTraining(run, shown, settings);
  const { diverged } = swept;
  const results = {
    ...{ data, settings, tested, diverged, shown },
    best: tested.find(({ combination }) => combination === best)!,
    findings: findings(tested, { diverged }),
    durationMs: performance.now() - startMs,
  };
  await writeReport(run, results);
  return results;
}
