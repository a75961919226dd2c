/**
 * Merges the trials of a sweep into the report of the sweep run whole: `deno task collect --help`.
 *
 * @module
 */

import { switchFlag, textFlag } from "@gradus/cli/flag";
import { helpText, parseOperands } from "@gradus/cli/parse-flags";
import { runProgram } from "@gradus/cli/run-program";

const FLAGS = {
  data: textFlag({
    description: "the data files, where they are elsewhere than the trials had them",
    fallback: null,
    placeholder: "PATH",
  }),
  json: switchFlag({ description: "print one JSON object as the last line" }),
  help: switchFlag({ description: "show this help" }),
};

const startMs = performance.now();
await runProgram(async (args) => {
  const { flags, operands } = parseOperands(args, FLAGS, { name: "DIR" });
  if (flags.help) {
    console.log(helpText(FLAGS, {
      command: "deno task collect [DIR…]",
      purpose:
        "Merges the trials of a sweep, which --trial K/N of iris, fashion-mnist and cifar ran, into its report.",
      note:
        "DIR is a trial's folder, or one that holds such folders, at most three levels down (default " +
        "experiments). Trials may be in any order, and some there twice. The test rows are looked at " +
        "once, after the choice. Exit codes: 0 where all is done, 1 where each combination has a " +
        "trial that diverged, 2 where a trial is missing or a flag or file cannot be used.",
    }));
    return 0;
  }
  // Loaded now, so that help and wrong flags answer at once.
  const { collect } = await import("./collect.ts");
  await collect(operands.length === 0 ? ["experiments"] : operands, { ...flags, startMs });
  return 0;
});
