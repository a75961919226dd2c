/**
 * Measures what each part of the perceptron on Fashion-MNIST is worth:
 * `deno task fashion-mnist:ablations --help`.
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
    command: "deno task fashion-mnist:ablations",
    purpose:
      "Trains with all parts and without each, and writes validation accuracies into apps/fashion_mnist/ablations.json.",
    parts: PARTS,
    measured: ablations,
    file: new URL("ablations.json", import.meta.url),
    flags: FLAGS,
    prepare: async (settings) => {
      const { openBackend } = await import("@gradus/cli/open-backend");
      const { runImages } = await import("@gradus/cli/run-images");
      const { readImages } = await import("./images.ts");
      const { programOf } = await import("./run_fashion_mnist.ts");
      const [trial] = trialGrid({
        ...parseFlags([], FLAGS),
        ...{ "model-name": "fashion_mnist_ablations", validation: ablations.validation },
        ...settings,
      }, AXES);
      const task = await readImages(trial!);
      return async ({ without, seed }, onProgress) => {
        await using backend = await openBackend(trial!.backend);
        const own = { ...trial!, seed, without: without as PartName | null };
        const program = programOf(task, own, { backend });
        const { outcome } = await runImages({ ...program, isTested: false, onProgress });
        return outcome.epochs.at(-1)!.validation!.accuracy!;
      };
    },
  })
);
