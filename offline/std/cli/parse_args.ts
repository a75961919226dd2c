import { parseArgs as tokenize } from "node:util";

/** Options of {@linkcode parseArgs}: those of std but `--`, `stopEarly` and `boolean: true`. */
export interface ParseOptions {
  /** Flags that take text, never turned into numbers; `""` where the text is missing. */
  string?: string | readonly string[];
  /** Flags that take no value but `true` and `false`; `false` where they are absent. */
  boolean?: string | readonly string[];
  /** Values of flags that are absent. */
  default?: Readonly<Record<string, unknown>>;
  /** Other names of a flag: the result has the value under all of them. */
  alias?: Readonly<Record<string, string | readonly string[]>>;
  /** Flags whose values are collected in an array; of any other flag, the last value counts. */
  collect?: string | readonly string[];
  /** Flags that `--no-…` sets to `false`. */
  negatable?: string | readonly string[];
  /**
   * Called with each argument that is not a flag named above, and with its key and value if it is a
   * flag. The argument is left out if it returns `false`.
   */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** The value of each flag, and in `_` the arguments that belong to no flag. */
export type Args = Record<string, unknown> & { _: (string | number)[] };

/** What each flag is, with aliases resolved. */
interface Schema {
  strings: ReadonlySet<string>;
  booleans: ReadonlySet<string>;
  collects: ReadonlySet<string>;
  negatables: ReadonlySet<string>;
  /** All the names that share a value with a name: at least itself. */
  namesOf: (name: string) => readonly string[];
}

/** One flag with its value, or one argument that belongs to none, as it was written. */
type Reading =
  | { kind: "flag"; arg: string; key: string; value: string | boolean }
  | { kind: "negation"; key: string }
  | { kind: "argument" | "after the end of flags"; arg: string };

/**
 * Reads command-line arguments: `--key value`, `--key=value`, `--key`, `-k value`, `-k=value`, `-k5`
 * and `-abc`; what follows `--` belongs to no flag.
 *
 * A flag that is not `boolean` takes the next argument unless that starts with `-`; without one it
 * is `""` if it is a `string`, else `true`. A `boolean` takes the next argument only if that is
 * `true` or `false`. Values and arguments that look like numbers become numbers, save those of
 * `string` flags (`_` among them). Unlike std's, a dot in a key has no meaning.
 */
export function parseArgs(args: readonly string[], options: ParseOptions = {}): Args {
  const schema = schemaOf(options);
  const { strings, collects, namesOf } = schema;
  const { unknown = () => true } = options;
  const result: Args = { _: [] };
  const set = (key: string, value: unknown) => {
    for (const name of namesOf(key)) result[name] = value;
  };

  for (const reading of readings(args, schema)) {
    if (reading.kind === "flag") {
      const { arg, key, value } = reading;
      if (!isKnown(key, schema) && unknown(arg, key, value) === false) continue;
      const typed = strings.has(key) ? value : numberOr(value);
      set(key, collects.has(key) ? [...(result[key] as unknown[] ?? []), typed] : typed);
    } else if (reading.kind === "negation") {
      const value = false;
      set(reading.key, value);
    } else if (reading.kind === "after the end of flags") {
      result._.push(reading.arg);
    } else if (unknown(reading.arg) !== false) {
      result._.push(strings.has("_") ? reading.arg : numberOr(reading.arg));
    }
  }

  for (const [key, value] of Object.entries(options.default ?? {})) {
    if (!Object.hasOwn(result, key)) set(key, value);
  }
  for (const key of schema.booleans) result[key] ??= collects.has(key) ? [] : false;
  for (const key of strings) if (collects.has(key)) result[key] ??= [];
  return result;
}

function schemaOf(options: ParseOptions): Schema {
  const groups = Object.entries(options.alias ?? {}).map(([key, names]) => [key, names].flat());
  const namesOf = (name: string) => groups.find((group) => group.includes(name)) ?? [name];
  const [strings, booleans, collects, negatables] = [
    options.string,
    options.boolean,
    options.collect,
    options.negatable,
  ].map((names) => new Set([names ?? []].flat().flatMap(namesOf)));
  return { strings, booleans, collects, negatables, namesOf };
}

function isKnown(key: string, schema: Schema): boolean {
  const { strings, booleans, collects, namesOf } = schema;
  return strings.has(key) || booleans.has(key) || collects.has(key) || namesOf(key).length > 1;
}

function* readings(args: readonly string[], schema: Schema): Generator<Reading> {
  const { strings, booleans, negatables } = schema;
  const { tokens } = tokenize({ args: args.map(lengthen), strict: false, tokens: true });
  let taken = -1;
  for (const [i, token] of tokens.entries()) {
    const arg = args[token.index];
    if (token.kind === "option-terminator") {
      for (const arg of args.slice(token.index + 1)) yield { kind: "after the end of flags", arg };
      return;
    }
    if (token.kind === "positional") {
      if (i !== taken) yield { kind: "argument", arg };
      continue;
    }
    const { name: key, value: inlineValue } = token;
    const positive = key.replace(/^no-/, "");
    if (positive !== key && negatables.has(positive) && inlineValue === undefined) {
      yield { kind: "negation", key: positive };
      continue;
    }
    const next = tokens[i + 1];
    const takesNext = inlineValue === undefined && next?.kind === "positional" &&
      (booleans.has(key) ? /^(true|false)$/ : /^[^-]/).test(next.value);
    if (takesNext) taken = i + 1;
    const value = takesNext ? next.value : inlineValue ?? (strings.has(key) ? "" : true);
    yield { kind: "flag", arg, key, value: booleans.has(key) ? value !== "false" : value };
  }
}

/** `-k=5` and `-k5` as `--k=5`, which is how node's tokens tell a value from a group of flags. */
function lengthen(arg: string): string {
  return arg.replace(/^-([A-Za-z])(?:=|(?=-?\d))(.*)$/s, "--$1=$2");
}

function numberOr<T extends string | boolean>(value: T): T | number {
  const isNumber = typeof value === "string" && value.trim() !== "" &&
    Number.isFinite(Number(value));
  return isNumber ? Number(value) : value;
}
