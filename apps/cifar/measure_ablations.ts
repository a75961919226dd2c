import { DivergedError } from "@gradus/cli/diverged-error";
import type { ImageTask } from "@gradus/cli/run-images";
import type { Ablations } from "./ablations.ts";
import type { Trial } from "./flags.ts";
import { type PartName, PARTS } from "./parts.ts";
import { type CifarOptions, runCifar } from "./run_cifar.ts";

/** One training. */
export interface AblationResult {
  /** What was left out. */
  readonly part: PartName | "nothing";
  /** The seed. */
  readonly seed: number;
  /** Validation accuracy; null where training diverged. */
  readonly accuracy: number | null;
}

/** What is measured, and who hears of it. */
export interface AblationOptions extends Pick<CifarOptions, "root" | "onProgress"> {
  /** Seeds, from 0 on. */
  readonly seeds: number;
  /** What an earlier measurement came to, which is not done again. */
  readonly done: Ablations["accuracies"];
  /** Sees all accuracies so far after each training, and the last one. */
  readonly onResult: (
    accuracies: Ablations["accuracies"],
    result: AblationResult,
  ) => Promise<void>;
}

/** Trains with all parts and without each, seed by seed, and never looks at a test image. */
export async function measureAblations(
  task: ImageTask,
  settings: Trial,
  { seeds, done, onResult, ...options }: AblationOptions,
): Promise<void> {
  const accuracies: { [Part in PartName | "nothing"]?: (number | null)[] } = {};
  const parts = ["nothing", ...Object.keys(PARTS)] as (keyof typeof accuracies)[];
  for (const part of parts) accuracies[part] = (done[part] ?? []).slice(0, seeds);
  for (let seed = 0; seed < seeds; seed++) {
    for (const part of parts.filter((part) => accuracies[part]!.length === seed)) {
      const without = part === "nothing" ? null : part;
      const accuracy = await train(task, { ...settings, seed, without }, options);
      accuracies[part]!.push(accuracy);
      await onResult(accuracies, { part, seed, accuracy });
    }
  }
}

/** The validation accuracy of the last epoch; null where training diverges. */
async function train(
  task: ImageTask,
  settings: Trial,
  options: CifarOptions,
): Promise<number | null> {
  try {
    const { outcome } = await runCifar(task, settings, { ...options, isTested: false });
    return outcome.epochs.at(-1)?.validation?.accuracy ?? null;
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    return null;
  }
}
