/**
 * Trains a convolutional network on CIFAR-10, and reports: `deno task cifar --help`.
 *
 * @module
 */

import { chooseBackend } from "@gradus/cli/choose-backend";
import { IMAGE_NOTE } from "@gradus/cli/image-flags";
import { helpText } from "@gradus/cli/parse-flags";
import { resumeFlags } from "@gradus/cli/resume-flags";
import { runProgram } from "@gradus/cli/run-program";
import { CHANGEABLE, FLAGS } from "./flags.ts";

await runProgram(async (args) => {
  const settings = await resumeFlags(args, FLAGS, { changeable: CHANGEABLE });
  if (settings.help) {
    console.log(helpText(FLAGS, {
      command: "deno task cifar",
      purpose: "Trains a convolutional network on CIFAR-10, or with --sample on drawn shapes.",
      note: IMAGE_NOTE,
    }));
    return 0;
  }
  // Loaded now, so that help and wrong flags answer at once.
  const { openBackend } = await import("@gradus/cli/open-backend");
  const { runImageApp } = await import("@gradus/cli/run-image-app");
  const { cifarSweep } = await import("./run_cifar.ts");
  const choice = await chooseBackend(settings.backend);
  await using backend = await openBackend(choice.name);
  const sweep = cifarSweep({ ...settings, backend: choice.name }, { backend });
  return await runImageApp(sweep, {
    ...{ share: settings.trial, backend: choice, json: settings.json },
  });
}, { advice: "a lower --learning-rate may help" });
