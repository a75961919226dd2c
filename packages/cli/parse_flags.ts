import { parseArgs } from "@std/cli/parse-args";
import type { Flag } from "./flag.ts";
import { UsageError } from "./usage_error.ts";

/** Flags by name, without the dashes. */
export type Flags = Readonly<Record<string, Flag<unknown>>>;

/** The value of each flag. */
export type FlagValues<Spec extends Flags> = {
  readonly [Name in keyof Spec]: Spec[Name] extends Flag<infer Value> ? Value : never;
};

/**
 * Reads a command line strictly: every argument is a known flag with a right value.
 *
 * @param args The arguments, such as `Deno.args`.
 * @param spec The flags that the program knows.
 * @returns The value of each, its fallback where it is absent; of a flag given twice the last counts.
 * @throws {UsageError} If a flag is unknown, lacks its value or has a wrong one, or an argument is no flag.
 *
 * @example
 * ```ts
 * import { integerFlag, parseFlags, switchFlag, UsageError } from "@gradus/cli";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const spec = {
 *   epochs: integerFlag({ description: "passes over the data", fallback: 10, atLeast: 1 }),
 *   json: switchFlag({ description: "print JSON" }),
 * };
 * assertEquals(parseFlags(["--epochs", "3"], spec), { epochs: 3, json: false });
 * assertThrows(() => parseFlags(["--epoch", "3"], spec), UsageError, "found --epoch");
 * ```
 */
export function parseFlags<Spec extends Flags>(
  args: readonly string[],
  spec: Spec,
): FlagValues<Spec> {
  const names = Object.keys(spec);
  const switches = names.filter((name) => spec[name]!.placeholder === null);
  const valued = names.filter((name) => spec[name]!.placeholder !== null);
  const parsed: Record<string, unknown> = parseArgs([...args], {
    string: valued,
    boolean: switches,
    unknown: (argument) => {
      throw new UsageError(
        `Cannot understand the command as each argument must be a flag that --help lists: found ${argument}`,
      );
    },
  });
  const values = names.map((name) => {
    const flag = spec[name]!;
    const text = parsed[name];
    if (flag.placeholder === null) return [name, text === true];
    return [name, text === undefined ? flag.fallback : flag.read(text as string, name)];
  });
  return Object.fromEntries(values) as FlagValues<Spec>;
}

/**
 * The help of a program: its usage and a line a flag.
 *
 * @param spec The flags that the program knows.
 * @param options The command, and what it does.
 * @returns Lines of text.
 *
 * @example
 * ```ts
 * import { helpText, switchFlag } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const spec = { json: switchFlag({ description: "print JSON" }) };
 * assertEquals(
 *   helpText(spec, { command: "deno task iris", purpose: "Trains on Iris." }),
 *   `Trains on Iris.
 *
 * Usage: deno task iris [flags]
 *
 *   --json  print JSON`,
 * );
 * ```
 */
export function helpText(
  spec: Flags,
  options: { readonly command: string; readonly purpose: string },
): string {
  const rows = Object.entries(spec).map(([name, { placeholder, description, fallback }]) => ({
    left: `--${name}${placeholder === null ? "" : ` ${placeholder}`}`,
    right: placeholder === null || fallback === null
      ? description
      : `${description} (default ${Array.isArray(fallback) ? fallback.join(",") : fallback})`,
  }));
  const width = Math.max(...rows.map(({ left }) => left.length <= 28 ? left.length : 0));
  const lines = rows.map(({ left, right }) =>
    left.length <= width
      ? `  ${left.padEnd(width)}  ${right}`
      : `  ${left}\n  ${"".padEnd(width)}  ${right}`
  );
  return `${options.purpose}\n\nUsage: ${options.command} [flags]\n\n${lines.join("\n")}`;
}
