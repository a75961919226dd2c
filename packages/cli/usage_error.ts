/**
 * Something wrong with a command line: a program shows its one line and ends with exit code 2.
 *
 * @example
 * ```ts
 * import { integerFlag, UsageError } from "@gradus/cli";
 * import { assertThrows } from "@std/assert";
 *
 * const epochs = integerFlag({ description: "passes over the data", fallback: 10, atLeast: 1 });
 * assertThrows(() => epochs.read("ten", "epochs"), UsageError, "found ten");
 * ```
 */
export class UsageError extends Error {
  /** Always `"UsageError"`. */
  override readonly name = "UsageError";
}
