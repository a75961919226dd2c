/**
 * The command line of std that this repository uses, for where std itself cannot be reached.
 *
 * ```ts
 * import { parseArgs } from "@std/cli/parse-args";
 * import { assertEquals } from "@std/assert";
 *
 * const flags = parseArgs(["--epochs", "8", "train.csv"]);
 * assertEquals(flags, { epochs: 8, _: ["train.csv"] });
 * ```
 *
 * @module
 */
export { type Args, parseArgs, type ParseOptions } from "./parse_args.ts";
