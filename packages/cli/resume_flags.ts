import { configArguments, readConfig, settingsFromConfig } from "./config_file.ts";
import type { Flag } from "./flag.ts";
import { type Flags, type FlagValues, parseFlags } from "./parse_flags.ts";
import { UsageError } from "./usage_error.ts";

/** Flags of a program whose runs can be gone on from. */
export type ResumableFlags = Flags & {
  /** The folder of the run to go on from; null for none. */
  readonly resume: Flag<string | null>;
};

/**
 * Reads a command line as {@linkcode parseFlags} does; with `--resume` what it does not say is as in the
 * `config.json` of the run to go on from.
 *
 * @param args The arguments, such as `Deno.args`.
 * @param spec The flags that the program knows.
 * @param options Names of the flags that may differ from the run's; with any other the training would
 * neither be the old one nor a new one.
 * @returns The value of each.
 * @throws {UsageError} As {@linkcode parseFlags} does; if there is no such run; if a flag differs.
 *
 * @example
 * ```ts
 * import { integerFlag, resumeFlags, switchFlag, textFlag } from "@gradus/cli";
 * import { openRun } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const spec = {
 *   seed: integerFlag({ description: "seed", fallback: 0 }),
 *   epochs: integerFlag({ description: "passes over the data", fallback: 10 }),
 *   resume: textFlag({ description: "go on", fallback: null, placeholder: "RUN" }),
 * };
 * const root = await Deno.makeTempDir();
 * const { folder } = await openRun({ root, modelName: "a", config: { seed: 7, epochs: 3 } });
 * assertEquals(
 *   await resumeFlags(["--resume", folder, "--epochs", "5"], spec, { changeable: ["epochs"] }),
 *   { seed: 7, epochs: 5, resume: folder },
 * );
 * ```
 */
export async function resumeFlags<Spec extends ResumableFlags>(
  args: readonly string[],
  spec: Spec,
  options: { readonly changeable: readonly (keyof Spec & string)[] },
): Promise<FlagValues<Spec>> {
  const { resume } = parseFlags(args, spec) as { readonly resume: string | null };
  if (resume === null) return parseFlags(args, spec);
  const { resume: _, ...inherited } = spec;
  const config = await readConfig(resume, { verb: "go on from" });
  const before = configArguments(config, inherited);
  const old = settingsFromConfig(config, inherited, { folder: resume }) as FlagValues<Spec>;
  const values = parseFlags([...before, ...args], spec);
  const free: readonly string[] = ["resume", ...options.changeable];
  for (const name of Object.keys(spec)) {
    if (free.includes(name) || `${old[name]}` === `${values[name]}`) continue;
    throw new UsageError(
      `Cannot use --${name} as it must be that of the run to go on from, ${
        old[name] ?? "none"
      }: found ${values[name]}`,
    );
  }
  return values;
}
