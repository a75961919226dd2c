/**
 * Measures what each part of the network on CIFAR-10 is worth: `deno task cifar:ablations --help`.
 *
 * @module
 */

import { parseFlags } from "@gradus/cli/parse-flags";
import { runAblations } from "@gradus/cli/run-ablations";
import { runProgram } from "@gradus/cli/run-program";
import { trialGrid } from "@gradus/cli/trial-grid";
import ablations from "./ablations.json" with { type: "json" };
import { AXES, FLAGS } from "./flags.ts";
import { type PartName, PARTS } from "./parts.ts";

await runProgram((args) =>
  runAblations(args, {
    command: "deno task cifar:ablations",
    purpose:
      "Trains the recipe quick with all parts and without each, and writes validation accuracies into apps/cifar/ablations.json.",
    parts: PARTS,
    measured: ablations,
    file: new URL("ablations.json", import.meta.url),
    flags: FLAGS,
    prepare: async (settings) => {
      const { readImages } = await import("./images.ts");
      const { runCifar } = await import("./run_cifar.ts");
      const [trial] = trialGrid({
        ...parseFlags([], FLAGS),
        ...{ recipe: "quick" as const, "model-name": "cifar_ablations" },
        ...{ validation: ablations.validation, ...settings },
      }, AXES);
      const task = await readImages(trial!);
      return async ({ without, seed }, onProgress) => {
        const own = { ...trial!, seed, without: without as PartName | null };
        const { outcome } = await runCifar(task, own, { isTested: false, onProgress });
        return outcome.epochs.at(-1)!.validation!.accuracy!;
      };
    },
  })
);
