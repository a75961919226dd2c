import type { Run } from "@gradus/train";
import { openImageTraining } from "./_image_training.ts";
import { DivergedError } from "./diverged_error.ts";
import type { ImageSweep } from "./image_sweep.ts";
import type { ImageProgram } from "./run_images.ts";
import { type Share, takeShare } from "./share.ts";
import { finishTrial, type SweepRecord } from "./trial_folder.ts";

/** A trial that {@linkcode runImageTrials} ran. */
export interface ImageTrial {
  /** Which one, from 0. */
  readonly trial: number;
  /** What sets it apart, such as `learning-rate 0.1, seed 3`. */
  readonly name: string;
  /** Its folder, with all epochs. */
  readonly run: Run;
  /** Why training went astray; null where it did not. */
  readonly diverged: string | null;
  /** Whether it came to its end, rather than being asked to stop. */
  readonly isComplete: boolean;
}

/** What {@linkcode runImageTrials} is told beside the sweep. */
export interface ImageTrialOptions extends Pick<ImageProgram, "signal" | "onProgress"> {
  /** Which trials; null for all. Default: all. */
  readonly share?: Share | null;
}

/**
 * Runs a share of a sweep's trials, each in a folder of its own. Test images are not looked at.
 *
 * A trial whose training goes astray is a result like any other. One that is asked to stop is the last
 * to be yielded; its folder counts for nothing.
 *
 * @param sweep The sweep.
 * @param options Which trials, and who hears of them.
 * @returns Each trial when it ends.
 * @throws {UsageError} If the images cannot be used.
 *
 * @example
 * ```ts
 * import { drawnTask, imageSweep, runImageTrials } from "@gradus/cli";
 * import { Dense, Flatten, Sequential } from "@gradus/layers";
 * import { SoftmaxCrossEntropy } from "@gradus/losses";
 * import { Sgd } from "@gradus/optim";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const settings = { rate: [0.1, 0.3], seed: 0, seeds: 1, trial: null, sample: true };
 * const root = await Deno.makeTempDir();
 * const sweep = imageSweep(settings, ["rate"], {
 *   ...{ program: "shapes", config: { rate: [0.1, 0.3] } },
 *   readTask: ({ seed }) => Promise.resolve(drawnTask({ seed, limit: 40 })),
 *   programOf: (task, { rate, seed }) => ({
 *     ...{ title: "Shapes", lead: "A linear model.", task, mirrored: false, explain: () => [] },
 *     build: ({ backend, random }) => {
 *       const model = new Sequential([new Flatten(), new Dense(10)]);
 *       model.init([32, 32, 3], { backend, random });
 *       const optimizer = new Sgd(model.parameters, { learningRate: 0.01 * rate });
 *       return { model, optimizer, loss: new SoftmaxCrossEntropy() };
 *     },
 *     ...{ backend: reference(), epochs: 1, batch: 10, seed, validation: 10, limit: null },
 *     ...{ modelName: "shapes", root, resume: null, config: { rate, seed } },
 *   }),
 * });
 * for await (const { name } of runImageTrials(sweep, { share: { index: 1, count: 2 } })) {
 *   assertEquals(name, "rate 0.3, seed 0");
 * }
 * ```
 */
export async function* runImageTrials(
  sweep: ImageSweep,
  options: ImageTrialOptions = {},
): AsyncGenerator<ImageTrial, void> {
  const { program: name, config, trials } = sweep;
  const { share = null, ...hooks } = options;
  const numbered = trials.map((trial, number) => ({ trial, number }));
  for (const { trial, number } of share === null ? numbered : takeShare(numbered, share)) {
    const program = await trial.open();
    const record: SweepRecord = {
      ...{ program: name, trial: number, trials: trials.length, settings: config },
    };
    const { run, train } = await openImageTraining({
      ...program,
      ...hooks,
      config: { ...program.config, sweep: record },
    });
    let diverged: string | null = null;
    let isComplete = true;
    try {
      isComplete = (await train()).isComplete;
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      diverged = error.message;
    }
    if (isComplete) await finishTrial(run, { diverged });
    yield { trial: number, name: trial.name, run, diverged, isComplete };
    if (!isComplete) return;
  }
}
