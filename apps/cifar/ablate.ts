/**
 * Measures what each part of the network on CIFAR-10 is worth: `deno task cifar:ablations --help`.
 *
 * @module
 */

import type { Ablations } from "@gradus/cli/ablations";
import { chooseBackend } from "@gradus/cli/choose-backend";
import { integerFlag, switchFlag } from "@gradus/cli/flag";
import { measureAblations } from "@gradus/cli/measure-ablations";
import { helpText, parseFlags } from "@gradus/cli/parse-flags";
import { ProgressLine } from "@gradus/cli/progress-line";
import { progressText } from "@gradus/cli/progress-text";
import { trialGrid } from "@gradus/cli/trial-grid";
import { UsageError } from "@gradus/cli/usage-error";
import ablations from "./ablations.json" with { type: "json" };
import { AXES, FLAGS as TRAINING, type Trial } from "./flags.ts";
import { type PartName, PARTS } from "./parts.ts";

const FLAGS = {
  data: TRAINING.data,
  seeds: integerFlag({ description: "so many seeds, from 0 on", fallback: 2, atLeast: 1 }),
  "go-on": switchFlag({ description: "keep what is in ablations.json, and measure the rest" }),
  backend: TRAINING.backend,
  help: TRAINING.help,
};

const COMMAND = "deno task cifar:ablations";
/** Enough that a point shows. */
const VALIDATION = 10_000;

try {
  const flags = parseFlags(Deno.args, FLAGS);
  if (flags.help) {
    console.log(helpText(FLAGS, {
      command: COMMAND,
      purpose:
        "Trains the recipe quick with all parts and without each, and writes validation accuracies into apps/cifar/ablations.json.",
    }));
  } else {
    const [settings] = trialGrid({
      ...parseFlags([], TRAINING),
      ...{ recipe: "quick" as const, validation: VALIDATION, "model-name": "cifar_ablations" },
      ...{ data: flags.data, backend: (await chooseBackend(flags.backend)).name },
    }, AXES);
    await main(settings!, flags);
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  Deno.exit(2);
}

async function main(
  settings: Trial,
  flags: { readonly seeds: number; readonly "go-on": boolean },
): Promise<void> {
  const { readImages } = await import("./images.ts");
  const { runCifar } = await import("./run_cifar.ts");
  const task = await readImages(settings);
  const isTerminal = Deno.stderr.isTerminal();
  const progress = new ProgressLine({
    write: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
    isTerminal,
    ...isTerminal ? { width: Deno.consoleSize().columns } : {},
  });
  await measureAblations({
    parts: Object.keys(PARTS),
    seeds: flags.seeds,
    ...flags["go-on"] ? { done: ablations } : {},
    train: async ({ without, seed }) => {
      const own = { ...settings, seed, without: without as PartName | null };
      const { outcome } = await runCifar(task, own, {
        isTested: false,
        onProgress: (now) => progress.show(now.share, progressText(now)),
      });
      return outcome.epochs.at(-1)!.validation!.accuracy!;
    },
    onResult: async ({ without, seed, accuracy }, accuracies) => {
      progress.clear();
      console.log(`without ${without ?? "nothing"}, seed ${seed}: ${accuracy ?? "diverges"}`);
      const kept: Ablations = { command: COMMAND, validation: VALIDATION, ...accuracies };
      const file = new URL("ablations.json", import.meta.url);
      await Deno.writeTextFile(file, `${JSON.stringify(kept, null, 2)}\n`);
    },
  });
}
