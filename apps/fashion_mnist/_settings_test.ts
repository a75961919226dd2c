import { parseFlags } from "@gradus/cli/parse-flags";
import { FLAGS, type Settings } from "./flags.ts";

/** The settings of a command line. */
export function settingsOf(...args: string[]): Settings {
  const flags = parseFlags(args, FLAGS);
  return { ...flags, backend: flags.backend === "auto" ? "cpu" : flags.backend };
}
