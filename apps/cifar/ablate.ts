/**
 * Measures what each part of the network on CIFAR-10 is worth: `deno task cifar:ablations --help`.
 *
 * @module
 */

import { chooseBackend } from "@gradus/cli/choose-backend";
import { integerFlag, switchFlag } from "@gradus/cli/flag";
import { helpText, parseFlags } from "@gradus/cli/parse-flags";
import { ProgressLine } from "@gradus/cli/progress-line";
import { progressText } from "@gradus/cli/progress-text";
import { trialGrid } from "@gradus/cli/trial-grid";
import { UsageError } from "@gradus/cli/usage-error";
import { ABLATIONS, type Ablations } from "./ablations.ts";
import { AXES, FLAGS as TRAINING, type Trial } from "./flags.ts";

const FLAGS = {
  data: TRAINING.data,
  seeds: integerFlag({ description: "so many seeds, from 0 on", fallback: 2, atLeast: 1 }),
  "go-on": switchFlag({ description: "keep what is in ablations.json, and measure the rest" }),
  backend: TRAINING.backend,
  help: TRAINING.help,
};

/** Enough that a point shows. */
const VALIDATION = 10_000;

try {
  const flags = parseFlags(Deno.args, FLAGS);
  if (flags.help) {
    console.log(helpText(FLAGS, {
      command: "deno task cifar:ablations",
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
  const { measureAblations } = await import("./measure_ablations.ts");
  const task = await readImages(settings);
  const isTerminal = Deno.stderr.isTerminal();
  const progress = new ProgressLine({
    write: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
    isTerminal,
    ...isTerminal ? { width: Deno.consoleSize().columns } : {},
  });
  await measureAblations(task, settings, {
    seeds: flags.seeds,
    done: flags["go-on"] ? ABLATIONS.accuracies : {},
    onProgress: (now) => progress.show(now.share, progressText(now)),
    onResult: async (accuracies, { part, seed, accuracy }) => {
      progress.clear();
      console.log(`without ${part}, seed ${seed}: ${accuracy ?? "diverges"}`);
      const ablations: Ablations = { recipe: settings.recipe, validation: VALIDATION, accuracies };
      const file = new URL("ablations.json", import.meta.url);
      await Deno.writeTextFile(file, `${JSON.stringify(ablations, null, 2)}\n`);
    },
  });
}
