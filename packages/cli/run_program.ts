import process from "node:process";
import { DivergedError } from "./diverged_error.ts";
import { InterruptedTrainingError } from "./interrupted_training_error.ts";
import { ProgressLine } from "./progress_line.ts";
import { UsageError } from "./usage_error.ts";

/** As shells have it for what Ctrl-C ended: 128 and the number of SIGINT. */
export const STOPPED = 130;

/**
 * Runs a program to its exit code. What is wrong with its command line or files is told in one line, with
 * exit code 2; that training went astray or broke down likewise, with exit code 1.
 *
 * @param main The program, which gets its arguments and returns its exit code.
 * @param options What to do where training went astray, behind a semicolon. Default: nothing.
 *
 * @example
 * ```ts
 * import { runProgram } from "@gradus/cli";
 *
 * await runProgram((args) => {
 *   console.log(`${args.length} arguments`);
 *   return Promise.resolve(0);
 * });
 * ```
 */
export async function runProgram(
  main: (args: readonly string[]) => Promise<number>,
  options: { readonly advice?: string } = {},
): Promise<void> {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    const isExpected = error instanceof UsageError || error instanceof DivergedError ||
      error instanceof InterruptedTrainingError;
    if (!isExpected) throw error;
    const { advice } = options;
    const more = error instanceof DivergedError && advice !== undefined ? `; ${advice}` : "";
    // A file's contents may be in the message.
    console.error(`${error.message.replace(/\p{Cc}+/gu, " ").slice(0, 500)}${more}`);
    process.exit(error instanceof UsageError ? 2 : 1);
  }
}

/**
 * A progress line on standard error, which leaves standard output to results.
 *
 * @returns The line; without a terminal nothing is written.
 *
 * @example
 * ```ts
 * import { stderrProgress } from "@gradus/cli";
 *
 * const progress = stderrProgress();
 * progress.show(0.5, "epoch 10 of 20");
 * progress.clear();
 * ```
 */
export function stderrProgress(): ProgressLine {
  const { stderr } = process;
  return new ProgressLine({
    write: (text) => void stderr.write(text),
    isTerminal: stderr.isTTY === true,
    ...stderr.columns > 0 ? { width: stderr.columns } : {},
  });
}

/**
 * Runs something that Ctrl-C asks to stop, rather than ends.
 *
 * @param run Gets a signal, and should come to its end soon after it.
 * @returns What it returns.
 *
 * @example
 * ```ts
 * import { interruptible } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await interruptible((signal) => Promise.resolve(signal.aborted)), false);
 * ```
 */
export async function interruptible<Result>(
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  process.on("SIGINT", abort);
  try {
    return await run(stop.signal);
  } finally {
    process.off("SIGINT", abort);
  }
}
