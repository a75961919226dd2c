/** A reader of files, and what it is tried with. */
export interface FuzzedFormat {
  /** What is read. */
  readonly name: string;
  /** Small files that are read. */
  readonly good: readonly Uint8Array[];
  /** Files with one thing wrong with them, by what that is. */
  readonly bad: Readonly<Record<string, Uint8Array>>;
  /** What has a meaning in the format. */
  readonly tokens: readonly Uint8Array[];
  /**
   * Reads a file, which errors call {@linkcode FuzzedFormat.file}.
   *
   * @returns What {@linkcode FuzzedFormat.check} takes.
   */
  read(bytes: Uint8Array): unknown;
  /** Throws where what was read cannot be what the file says. */
  check(value: unknown, bytes: Uint8Array): void | Promise<void>;
  /** How errors name the file; empty where it is not told. */
  readonly file: string;
  /** Throws where what was refused has changed something; puts back what reading changed. */
  settle?(): void | Promise<void>;
  /** How many files are read, in those of other formats. Default: 1. */
  readonly share?: number;
}

/** A format whose values have a type. */
export function fuzzedFormat<Value>(
  format: Omit<FuzzedFormat, "read" | "check" | "tokens"> & {
    readonly tokens: readonly string[];
    readonly read: (bytes: Uint8Array) => Value | Promise<Value>;
    readonly check: (value: Value, bytes: Uint8Array) => void | Promise<void>;
  },
): FuzzedFormat {
  return {
    ...format,
    tokens: format.tokens.map(bytesOf),
    check: format.check as FuzzedFormat["check"],
  };
}

/** A text as UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What has a meaning in JSON, and what readers of it stumble over. */
export const JSON_TOKENS: readonly string[] = [
  ...['"__proto__":', '"constructor":', '"toString":', '"length":', "{", "}", "[", "]", ",", ":"],
  ...['"', "null", "true", "1e999", "-1", "0.5", "\\u0000", "\\ud800", "[[[[[[[[", '{"a":{"a":'],
];
