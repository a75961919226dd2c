import { stderrProgress } from "@gradus/cli/run-program";
import type { SweepProgress } from "./sweep.ts";

/** Shows how far a sweep is while it runs. */
export async function showProgress<Result>(
  run: (onProgress: (progress: SweepProgress) => void) => Promise<Result>,
): Promise<Result> {
  const progress = stderrProgress();
  return await run(({ done, total, trial, entry }) =>
    progress.show(
      done / total,
      `rate ${
        trial["learning-rate"]
      }, hidden ${trial.hidden}, seed ${trial.seed}: validation loss ${
        entry.validation!.loss.toFixed(3)
      }`,
    )
  ).finally(() => progress.clear());
}
