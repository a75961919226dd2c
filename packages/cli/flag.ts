import { quoteText } from "./_quote_text.ts";
import { UsageError } from "./usage_error.ts";

/** One flag of a command line: what it means, and how its text becomes a value. */
export interface Flag<Value> {
  /** What stands for the value in the help, such as `N`; null for a switch, which takes none. */
  readonly placeholder: string | null;
  /** What the help says of it. */
  readonly description: string;
  /** The value where the flag is absent. */
  readonly fallback: Value;
  /**
   * Turns the flag's text into its value.
   *
   * @param text The text behind the flag, `""` where there is none.
   * @param name The flag's name, for messages.
   * @returns The value.
   * @throws {UsageError} If the text has no value, in one line.
   */
  read(text: string, name: string): Value;
}

/** What all flags are told. */
export interface FlagOptions<Value> {
  /** What the help says of it: a line, or a little more. */
  readonly description: string;
  /** The value where the flag is absent. */
  readonly fallback: Value;
}

/** Bounds of a number. */
export interface NumberBounds {
  /** The number must be larger. */
  readonly above?: number;
  /** The number must not be smaller. */
  readonly atLeast?: number;
  /** The number must be smaller. */
  readonly below?: number;
  /** The number must not be larger. */
  readonly atMost?: number;
}

/**
 * A flag that takes a finite number.
 *
 * @param options Help, fallback and bounds.
 * @returns The flag.
 *
 * @example
 * ```ts
 * import { numberFlag } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const rate = numberFlag({ description: "rate", fallback: 0.1, above: 0 });
 * assertEquals(rate.read("1e-3", "learning-rate"), 0.001);
 * ```
 */
export function numberFlag<Fallback extends number | null>(
  options: FlagOptions<Fallback> & NumberBounds,
): Flag<number | Fallback> {
  return {
    placeholder: "NUMBER",
    description: options.description,
    fallback: options.fallback,
    read: (text, name) => readNumber(text, name, { ...options, whole: false }),
  };
}

/**
 * A flag that takes a whole number.
 *
 * @param options Help, fallback and bounds.
 * @returns The flag.
 *
 * @example
 * ```ts
 * import { integerFlag } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const seed = integerFlag({ description: "seed", fallback: 0, atLeast: 0 });
 * assertEquals(seed.read("7", "seed"), 7);
 * ```
 */
export function integerFlag<Fallback extends number | null>(
  options: FlagOptions<Fallback> & NumberBounds,
): Flag<number | Fallback> {
  return {
    placeholder: "N",
    description: options.description,
    fallback: options.fallback,
    read: (text, name) => readNumber(text, name, { ...options, whole: true }),
  };
}

/**
 * A flag that takes one or more numbers with commas between them.
 *
 * @param options Help, fallback, bounds, whether the numbers must be whole, and whether one may be there
 * twice, as in sizes of layers.
 * @returns The flag.
 *
 * @example
 * ```ts
 * import { numbersFlag } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const hidden = numbersFlag({ description: "units", fallback: [16], atLeast: 1, whole: true });
 * assertEquals(hidden.read("4,16", "hidden"), [4, 16]);
 * ```
 */
export function numbersFlag<Fallback extends readonly number[] | null>(
  options: FlagOptions<Fallback> & NumberBounds & {
    readonly whole?: boolean;
    readonly repeated?: boolean;
  },
): Flag<readonly number[] | Fallback> {
  const { whole = false, repeated = false } = options;
  return {
    placeholder: whole ? "N[,N…]" : "NUMBER[,NUMBER…]",
    description: options.description,
    fallback: options.fallback,
    read: (text, name) => {
      const numbers = text.split(",").map((part) => readNumber(part, name, { ...options, whole }));
      const twice = numbers.find((number, place) => numbers.indexOf(number) !== place);
      if (twice !== undefined && !repeated) {
        throw new UsageError(
          `Cannot use --${name} as each number must be given once: found ${quoteText(text)}`,
        );
      }
      return numbers;
    },
  };
}

/**
 * A flag that takes one of some words.
 *
 * @param options Help, fallback and the words.
 * @returns The flag.
 *
 * @example
 * ```ts
 * import { choiceFlag } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const choices = ["constant", "exponential"] as const;
 * const schedule = choiceFlag({ description: "schedule", fallback: "constant", choices });
 * assertEquals(schedule.read("exponential", "schedule"), "exponential");
 * ```
 */
export function choiceFlag<const Choice extends string, Fallback extends Choice | null>(
  options: FlagOptions<Fallback> & { readonly choices: readonly Choice[] },
): Flag<Choice | Fallback> {
  const { description, fallback, choices } = options;
  const isShort = choices.join("|").length <= 40;
  return {
    placeholder: isShort ? choices.join("|") : "NAME",
    description: isShort ? description : `${description}: ${choices.join(", ")}`,
    fallback,
    read: (text, name) => {
      const choice = choices.find((known) => known === text);
      if (choice === undefined) {
        throw new UsageError(
          `Cannot use --${name} as it must be one of ${choices.join(", ")}: found ${
            quoteText(text)
          }`,
        );
      }
      return choice;
    },
  };
}

/**
 * A flag that takes any text but none.
 *
 * @param options Help, fallback, and what stands for the text in the help.
 * @returns The flag.
 *
 * @example
 * ```ts
 * import { textFlag } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const data = textFlag({ description: "a CSV file", fallback: null, placeholder: "FILE" });
 * assertEquals(data.read("iris.csv", "data"), "iris.csv");
 * ```
 */
export function textFlag<Fallback extends string | null>(
  options: FlagOptions<Fallback> & { readonly placeholder: string },
): Flag<string | Fallback> {
  const { description, fallback, placeholder } = options;
  return {
    placeholder,
    description,
    fallback,
    read: (text, name) => {
      if (text === "") {
        throw new UsageError(`Cannot use --${name} as it must have a value: found none`);
      }
      return text;
    },
  };
}

/**
 * A flag that takes a name for a folder, one that cannot lead elsewhere.
 *
 * @param options Help and fallback.
 * @returns The flag.
 *
 * @example
 * ```ts
 * import { nameFlag, UsageError } from "@gradus/cli";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const name = nameFlag({ description: "folder of the runs", fallback: "cifar" });
 * assertEquals(name.read("cifar_lr=0.1", "model-name"), "cifar_lr=0.1");
 * assertThrows(() => name.read("../x", "model-name"), UsageError, "found ../x");
 * ```
 */
export function nameFlag(options: FlagOptions<string>): Flag<string> {
  return {
    placeholder: "NAME",
    description: options.description,
    fallback: options.fallback,
    read: (text, name) => {
      if (/^(?!\.)[A-Za-z0-9._=-]{1,200}$/.test(text)) return text;
      throw new UsageError(
        `Cannot use --${name} as it must be letters, digits, or any of . _ = -, and not start with a dot: found ${
          quoteText(text)
        }`,
      );
    },
  };
}

/**
 * A flag that takes no value: true where it is present.
 *
 * @param options Help.
 * @returns The flag.
 *
 * @example
 * ```ts
 * import { switchFlag } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(switchFlag({ description: "print JSON" }).fallback, false);
 * ```
 */
export function switchFlag(options: { readonly description: string }): Flag<boolean> {
  return {
    placeholder: null,
    description: options.description,
    fallback: false,
    read: (text, name) => {
      if (text !== "") {
        throw new UsageError(
          `Cannot use --${name} as it takes no value: found ${quoteText(text)}`,
        );
      }
      return true;
    },
  };
}

function readNumber(
  text: string,
  name: string,
  bounds: NumberBounds & { readonly whole: boolean },
): number {
  const { above = -Infinity, atLeast = -Infinity, below = Infinity, atMost = Infinity, whole } =
    bounds;
  // Number("") is 0 and Number("0x10") is 16: neither is meant. Nor is -0, which + 0 makes 0.
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) + 0 : NaN;
  const fits = whole ? Number.isSafeInteger(number) : Number.isFinite(number);
  if (!fits || !(number > above && number >= atLeast && number < below && number <= atMost)) {
    throw new UsageError(
      `Cannot use --${name} as it must be a ${whole ? "whole " : ""}number${
        describeBounds(bounds)
      }: found ${quoteText(text)}`,
    );
  }
  return number;
}

function describeBounds({ above, atLeast, below, atMost }: NumberBounds): string {
  const parts = [
    above === undefined ? null : `above ${above}`,
    atLeast === undefined ? null : `of at least ${atLeast}`,
    below === undefined ? null : `below ${below}`,
    atMost === undefined ? null : `of at most ${atMost}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? "" : ` ${parts.join(" and ")}`;
}
