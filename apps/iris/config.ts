import { VERSION } from "@gradus/cli/version";
import type { Iris } from "@gradus/data/iris";
import type { Backend } from "@gradus/tensor";
import type { Settings, Trial } from "./flags.ts";

/** What it takes to do a run again; times and paths are elsewhere. */
export function configOf(
  settings: Settings | Trial,
  { backend, data }: { readonly backend: Backend; readonly data: Iris },
): Record<string, unknown> {
  const { features, classes } = data;
  return {
    ...flagsOf(settings),
    // The order of sums, and so their last bits, depend on it.
    ..."threads" in backend ? { threads: backend.threads } : {},
    ...{ features, classes },
    versions: { gradus: VERSION, deno: Deno.version.deno, v8: Deno.version.v8 },
  };
}

/** The settings that make a run what it is. */
export function flagsOf(settings: Settings | Trial): Record<string, unknown> {
  const { json: _json, help: _help, trial: _trial, ...rest } = settings as Settings;
  return rest;
}
