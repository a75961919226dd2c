import { readFileWhole } from "@gradus/train/whole-file";
import { quoteText } from "./_quote_text.ts";
import { type Flags, type FlagValues, parseFlags } from "./parse_flags.ts";
import { UsageError } from "./usage_error.ts";

/** What a `config.json` holds. */
export type Config = Readonly<Record<string, unknown>>;

/**
 * Reads the `config.json` of a run.
 *
 * @param folder The run's folder.
 * @param options What is done with it, for messages, such as `go on from`.
 * @returns An object; its values are not checked.
 * @throws {UsageError} If there is no such file, or it is no JSON object, in one line.
 *
 * @example
 * ```ts
 * import { readConfig } from "@gradus/cli";
 * import { openRun } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * const { folder } = await openRun({ root, modelName: "a", config: { seed: 7 } });
 * assertEquals(await readConfig(folder, { verb: "read" }), { seed: 7 });
 * ```
 */
export async function readConfig(
  folder: string,
  options: { readonly verb: string },
): Promise<Config> {
  let bytes: Uint8Array;
  try {
    bytes = await readFileWhole(`${folder}/config.json`);
  } catch (cause) {
    throw new UsageError(
      `Cannot ${options.verb} ${folder} as it must be the folder of a run: found no config.json`,
      { cause },
    );
  }
  return parseConfig(bytes, { folder, ...options });
}

/**
 * Reads the bytes of a `config.json`.
 *
 * @param bytes The file.
 * @param options Of which folder it is, and what is done with it, for messages.
 * @returns An object; its values are not checked.
 * @throws {UsageError} If it is no JSON object, in one line.
 *
 * @example
 * ```ts
 * import { parseConfig, UsageError } from "@gradus/cli";
 * import { assertThrows } from "@std/assert";
 *
 * const options = { folder: "experiments/a/001", verb: "read" };
 * assertThrows(() => parseConfig(new Uint8Array(), options), UsageError, "found none");
 * ```
 */
export function parseConfig(
  bytes: Uint8Array,
  options: { readonly folder: string; readonly verb: string },
): Config {
  const { folder, verb } = options;
  const text = new TextDecoder().decode(bytes);
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config === "object" && config !== null) return config as Config;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UsageError(
    `Cannot ${verb} ${folder} as its config.json must be a JSON object: found ${
      quoteText(text.trim())
    }`,
  );
}

/**
 * The command line that gives the settings of a configuration.
 *
 * @param config What a `config.json` holds; what is no flag is left out.
 * @param spec The flags that the program knows.
 * @returns Arguments for {@linkcode parseFlags}, which checks them.
 *
 * @example
 * ```ts
 * import { configArguments, integerFlag, switchFlag } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const spec = {
 *   seed: integerFlag({ description: "seed", fallback: 0 }),
 *   sample: switchFlag({ description: "without files" }),
 * };
 * assertEquals(configArguments({ seed: 7, sample: true, versions: {} }, spec), [
 *   "--seed=7",
 *   "--sample",
 * ]);
 * ```
 */
export function configArguments(config: Config, spec: Flags): string[] {
  return Object.keys(spec).flatMap((name) => {
    const value = Object.hasOwn(config, name) ? config[name] ?? false : false;
    if (value === false) return [];
    return [value === true ? `--${name}` : `--${name}=${[value].flat().map(textOf)}`];
  });
}

/** What a file has in place of text or a number is for the flag to refuse. */
function textOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : `${value}`;
}

/**
 * The settings of a configuration, as its command line would give them.
 *
 * @param config What a `config.json` holds; what is no flag is left out.
 * @param spec The flags that the program knows.
 * @param options Of which folder the configuration is, for messages.
 * @returns The value of each, its fallback where the configuration has none.
 * @throws {UsageError} If a value is not one of its flag's, in one line.
 *
 * @example
 * ```ts
 * import { integerFlag, settingsFromConfig } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const spec = { seed: integerFlag({ description: "seed", fallback: 0 }) };
 * const config = { seed: 7, versions: {} };
 * assertEquals(settingsFromConfig(config, spec, { folder: "experiments/a/001" }), { seed: 7 });
 * ```
 */
export function settingsFromConfig<Spec extends Flags>(
  config: Config,
  spec: Spec,
  options: { readonly folder: string },
): FlagValues<Spec> {
  try {
    return parseFlags(configArguments(config, spec), spec);
  } catch (error) {
    if (error instanceof UsageError) error.message += ` in ${options.folder}/config.json`;
    throw error;
  }
}
