import { parseFlags } from "@gradus/cli/parse-flags";
import { trialGrid } from "@gradus/cli/trial-grid";
import { AXES, FLAGS, type Settings, type Trial } from "./flags.ts";

/** The settings of a command line. */
export function settingsOf(...args: string[]): Settings {
  const flags = parseFlags(args, FLAGS);
  return { ...flags, backend: flags.backend === "auto" ? "cpu" : flags.backend };
}

/** The settings of the first training of a command line. */
export function trialOf(...args: string[]): Trial {
  return trialGrid(settingsOf(...args), AXES)[0]!;
}
