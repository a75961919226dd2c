import type { Config } from "./config_file.ts";
import type { ImageProgram, ImageTask } from "./run_images.ts";
import { type SweepSettings, trialGrid, trialName, type TrialSettings } from "./trial_grid.ts";

/** A sweep of a program that trains on images. */
export interface ImageSweep {
  /** The task that runs it, such as `cifar`. */
  readonly program: string;
  /** Names of what is varied beside the seed. */
  readonly axes: readonly string[];
  /** What `config.json` says of its settings. */
  readonly config: Config;
  /** All trials, those of a combination one behind the other. */
  readonly trials: readonly ImageSweepTrial[];
}

/** A trial of an {@linkcode ImageSweep}, not yet run. */
export interface ImageSweepTrial {
  /** What sets it apart, such as `learning-rate 0.1, seed 3`. */
  readonly name: string;
  /** Its seed. */
  readonly seed: number;
  /** The value of each axis; trials that differ in the seed alone have the same. */
  readonly values: readonly (number | null)[];
  /**
   * Reads the images and says what to do with them.
   *
   * @returns All that it takes to train and test.
   */
  readonly open: () => Promise<ImageProgram>;
}

/** What {@linkcode imageSweep} makes a sweep of. */
export interface ImageSweepOptions<Trial> {
  /** The task that runs it, such as `cifar`. */
  readonly program: string;
  /** What `config.json` shall say of the settings. */
  readonly config: Config;
  /**
   * Reads the images of a trial; those of files are read once, those of a sample for each seed.
   *
   * @param trial The trial's settings.
   * @returns Images and classes.
   */
  readonly readTask: (trial: Trial) => Promise<ImageTask>;
  /**
   * Makes the program of a trial.
   *
   * @param task The images.
   * @param trial The trial's settings.
   * @returns All that it takes to train and test.
   */
  readonly programOf: (task: ImageTask, trial: Trial) => ImageProgram;
}

/**
 * The sweep that settings make: a trial for each combination of their lists with each seed.
 *
 * @param settings Settings with lists of numbers to try.
 * @param axes Names of these lists; the first varies slowest.
 * @param options How a trial becomes a program.
 * @returns The sweep; nothing is read yet.
 *
 * @example
 * ```ts
 * import { drawnTask, imageSweep } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const settings = { rate: [0.1, 0.3], momentum: [0.9], seed: 0, seeds: 2, trial: null };
 * const { axes, trials } = imageSweep({ ...settings, sample: true }, ["rate", "momentum"], {
 *   ...{ program: "shapes", config: {} },
 *   readTask: ({ seed }) => Promise.resolve(drawnTask({ seed })),
 *   programOf: () => {
 *     throw new Error("not asked for");
 *   },
 * });
 * assertEquals(axes, ["rate"]);
 * assertEquals(trials.map(({ name }) => name), [
 *   ...["rate 0.1, seed 0", "rate 0.1, seed 1", "rate 0.3, seed 0", "rate 0.3, seed 1"],
 * ]);
 * ```
 */
export function imageSweep<
  Settings extends SweepSettings & { readonly sample: boolean },
  const Axis extends Exclude<keyof Settings & string, keyof SweepSettings | "sample">,
>(
  settings: Settings,
  axes: readonly Axis[],
  options: ImageSweepOptions<TrialSettings<Settings, Axis>>,
): ImageSweep {
  const { program, config, programOf } = options;
  const varied = axes.filter((axis) => ((settings[axis] ?? []) as readonly unknown[]).length > 1);
  const readTask = keepLast(options.readTask);
  const trials = trialGrid(settings, axes).map((trial): ImageSweepTrial => {
    const seed = trial.seed as number;
    const values = varied.map((axis) => (trial as Record<string, number | null>)[axis]!);
    return {
      name: trialName({ ...Object.fromEntries(varied.map((axis, i) => [axis, values[i]])), seed }),
      ...{ seed, values },
      open: async () => programOf(await readTask(settings.sample ? seed : null, trial), trial),
    };
  });
  return { program, axes: varied, config, trials };
}

/** Reads again where the key is another; keeps one task at a time, as it may be as large as memory is. */
function keepLast<Trial>(read: (trial: Trial) => Promise<ImageTask>) {
  let kept: { readonly key: unknown; readonly task: Promise<ImageTask> } | null = null;
  return (key: unknown, trial: Trial): Promise<ImageTask> => {
    if (kept === null || kept.key !== key) kept = { key, task: read(trial) };
    return kept.task;
  };
}
