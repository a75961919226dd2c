import { chooseBackend } from "@gradus/cli/choose-backend";
import { collectImageTrials } from "@gradus/cli/collect-image-trials";
import { settingsFromConfig } from "@gradus/cli/config-file";
import type { ImageSweep } from "@gradus/cli/image-sweep";
import { type BackendName, openBackend } from "@gradus/cli/open-backend";
import { printCollected } from "@gradus/cli/run-image-app";
import { assertOneSweep, findTrials, type TrialFolder } from "@gradus/cli/trial-folder";
import { UsageError } from "@gradus/cli/usage-error";
import type { Backend } from "@gradus/tensor";
import { FLAGS as CIFAR_FLAGS } from "../cifar/flags.ts";
import { FLAGS as FASHION_MNIST_FLAGS } from "../fashion_mnist/flags.ts";

/** What the command line of `deno task collect` says, and when it began. */
export interface CollectOptions {
  /** Data files in place of those that the trials had; null for these. */
  readonly data: string | null;
  readonly json: boolean;
  /** Of `performance.now()`. */
  readonly startMs: number;
  /** The folder of all experiments. Default: `experiments`. */
  readonly root?: string;
}

/**
 * Merges the trials in some folders into one report, and prints what came of it.
 *
 * @throws {UsageError} If they are not all trials of one sweep.
 * @throws {DivergedError} If each combination has a trial that went astray.
 */
export async function collect(folders: readonly string[], options: CollectOptions): Promise<void> {
  const { trials, unfinished } = await findTrials(folders);
  if (unfinished.length > 0) {
    console.error(`Left out, as they did not come to their end: ${unfinished.join(", ")}`);
  }
  assertOneSweep(trials);
  const { program } = trials[0]!.sweep;
  switch (program) {
    case "iris":
      return await collectIris(trials, options);
    case "fashion-mnist":
      return await collectFashionMnist(trials, options);
    case "cifar":
      return await collectCifar(trials, options);
    default:
      throw new UsageError(
        `Cannot collect ${
          trials[0]!.folder
        } as its program must be one of iris, fashion-mnist, cifar: found ${
          JSON.stringify(program.slice(0, 60))
        }`,
      );
  }
}

async function collectIris(trials: readonly TrialFolder[], options: CollectOptions): Promise<void> {
  const { collectTrials } = await import("../iris/collect_trials.ts");
  const { printResults } = await import("../iris/print_results.ts");
  const { run, results } = await collectTrials(trials, options);
  printResults(run, results, options);
}

async function collectFashionMnist(
  trials: readonly TrialFolder[],
  options: CollectOptions,
): Promise<void> {
  const { fashionMnistSweep } = await import("../fashion_mnist/run_fashion_mnist.ts");
  const settings = settingsFromConfig(trials[0]!.sweep.settings, FASHION_MNIST_FLAGS, trials[0]!);
  await collectImages(trials, settings.backend, options, (backend, name) => {
    const data = options.data ?? settings.data;
    return fashionMnistSweep({ ...settings, data, backend: name }, { ...options, backend });
  });
}

async function collectCifar(
  trials: readonly TrialFolder[],
  options: CollectOptions,
): Promise<void> {
  const { cifarSweep } = await import("../cifar/run_cifar.ts");
  const settings = settingsFromConfig(trials[0]!.sweep.settings, CIFAR_FLAGS, trials[0]!);
  await collectImages(trials, settings.backend, options, (backend, name) => {
    const data = options.data ?? settings.data;
    return cifarSweep({ ...settings, data, backend: name }, { ...options, backend });
  });
}

async function collectImages(
  trials: readonly TrialFolder[],
  name: BackendName | "auto",
  options: CollectOptions,
  sweepOn: (backend: Backend, name: BackendName) => ImageSweep,
): Promise<void> {
  const choice = await chooseBackend(name);
  await using backend = await openBackend(choice.name);
  const sweep = sweepOn(backend, choice.name);
  printCollected(sweep, await collectImageTrials(sweep, trials), options);
}
