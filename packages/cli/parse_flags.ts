import { parseArgs } from "@std/cli/parse-args";
import { quoteText } from "./_quote_text.ts";
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
 * A value stands behind its flag, `--rate 0.1` or `--rate=0.1`, and may be a negative number.
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
  return readArguments(args, spec, false).flags;
}

/** What {@linkcode parseOperands} reads. */
export interface ParsedOperands<Spec extends Flags> {
  /** The value of each flag. */
  readonly flags: FlagValues<Spec>;
  /** The arguments that belong to no flag, in order. */
  readonly operands: readonly string[];
}

/**
 * Reads a command line as {@linkcode parseFlags} does, with arguments that belong to no flag.
 *
 * @param args The arguments.
 * @param spec The flags that the program knows.
 * @param options What the operands are called, such as `FILE`, and how many there must be.
 * @returns Flags and operands.
 * @throws {UsageError} As {@linkcode parseFlags} does; if there are more or fewer operands.
 *
 * @example
 * ```ts
 * import { parseOperands, switchFlag } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const spec = { json: switchFlag({ description: "print JSON" }) };
 * const options = { name: "FILE", atLeast: 1, atMost: 1 };
 * assertEquals(parseOperands(["model.safetensors", "--json"], spec, options), {
 *   flags: { json: true },
 *   operands: ["model.safetensors"],
 * });
 * ```
 */
export function parseOperands<Spec extends Flags>(
  args: readonly string[],
  spec: Spec,
  options: { readonly name: string; readonly atLeast?: number; readonly atMost?: number },
): ParsedOperands<Spec> {
  const { name, atLeast = 0, atMost = Infinity } = options;
  const parsed = readArguments(args, spec, true);
  const { length } = parsed.operands;
  // What help shows needs no operands.
  const isHelp = (parsed.flags as { readonly help?: unknown }).help === true;
  if (isHelp || (length >= atLeast && length <= atMost)) return parsed;
  const count = atLeast === atMost
    ? `${atLeast}`
    : atMost === Infinity
    ? `at least ${atLeast}`
    : `${atLeast} to ${atMost}`;
  throw new UsageError(
    `Cannot understand the command as it takes ${count} ${name}: found ${length}`,
  );
}

function readArguments<Spec extends Flags>(
  args: readonly string[],
  spec: Spec,
  takesOperands: boolean,
): ParsedOperands<Spec> {
  const refuse = (argument: string): never => {
    throw new UsageError(
      `Cannot understand the command as each argument must be a flag that --help lists: found ${
        quoteText(argument)
      }`,
    );
  };
  // What follows it would be left out without a word.
  if (args.includes("--")) refuse("--");
  const operands: string[] = [];
  const joined = joinNegatives(args, spec);
  // An operand behind a switch is not its value.
  const closed = takesOperands
    ? joined.map((arg) => isSwitch(arg, spec) ? `${arg}=` : arg)
    : joined;
  const parsed: Record<string, unknown> = parseArgs(closed, {
    string: Object.keys(spec),
    unknown: (argument, key) => {
      if (key !== undefined || argument.startsWith("-") || !takesOperands) refuse(argument);
      operands.push(argument);
      return false;
    },
  });
  const values = Object.entries(spec).map(([name, flag]) => {
    const text = parsed[name] as string | undefined;
    return [name, text === undefined ? flag.fallback : flag.read(text, name)];
  });
  return { flags: Object.fromEntries(values) as FlagValues<Spec>, operands };
}

function isSwitch(arg: string, spec: Flags): boolean {
  const name = arg.slice(2);
  return arg.startsWith("--") && Object.hasOwn(spec, name) && spec[name]!.placeholder === null;
}

/** `--rate -1` as `--rate=-1`, which otherwise would be two flags. */
function joinNegatives(args: readonly string[], spec: Flags): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const flag = joined.at(-1) ?? "";
    const isValue = /^-\.?\d/.test(arg) && flag.startsWith("--") &&
      Object.hasOwn(spec, flag.slice(2));
    joined.push(isValue ? `${joined.pop()}=${arg}` : arg);
  }
  return joined;
}

/**
 * The help of a program: its usage and a line a flag, or more where it is longer than 100 characters.
 *
 * @param spec The flags that the program knows.
 * @param options The command, what it does, and what else there is to say, below the flags.
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
  options: { readonly command: string; readonly purpose: string; readonly note?: string },
): string {
  const rows = Object.entries(spec).map(([name, flag]) => ({
    left: `--${name}${flag.placeholder === null ? "" : ` ${flag.placeholder}`}`,
    right: describe(flag),
  }));
  const width = Math.max(...rows.map(({ left }) => left.length <= 24 ? left.length : 0));
  const lines = rows.flatMap(({ left, right }) => {
    const [first, ...rest] = wrap(right, 96 - width);
    const indent = "".padEnd(width);
    return left.length <= width
      ? [`${left.padEnd(width)}  ${first}`, ...rest.map((line) => `${indent}  ${line}`)]
      : [left, ...[first, ...rest].map((line) => `${indent}  ${line}`)];
  });
  return [
    options.purpose,
    "",
    `Usage: ${options.command} [flags]`,
    "",
    ...lines.map((line) => `  ${line}`),
    ...options.note === undefined ? [] : ["", ...wrap(options.note, 100)],
  ]
    .join("\n");
}

function describe({ placeholder, description, fallback }: Flag<unknown>): string {
  if (placeholder === null || fallback === null) return description;
  return `${description} (default ${Array.isArray(fallback) ? fallback.join(",") : fallback})`;
}

/** Lines of at most `width` characters, save for words that are longer. */
function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
