import { VERSION } from "./version.ts";
import { runProgram } from "./run_program.ts";
import { UsageError } from "./usage_error.ts";
import { quoteText } from "./_quote_text.ts";

/** A command: what it is for, and where it is; it is loaded when it is run. */
interface Command {
  readonly purpose: string;
  load(): Promise<{ run(args: readonly string[]): Promise<number> }>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  info: {
    purpose: "what is in a file of weights, a checkpoint or a file of ONNX",
    load: () => import("./_commands/info.ts"),
  },
  export: {
    purpose: "a model for PyTorch, ONNX or TensorFlow.js",
    load: () => import("./_commands/export.ts"),
  },
  predict: {
    purpose: "classes of images or rows, as CSV",
    load: () => import("./_commands/predict.ts"),
  },
  runs: {
    purpose: "a table of experiments, best first",
    load: () => import("./_commands/runs.ts"),
  },
  compare: {
    purpose: "experiments beside each other: curves and settings",
    load: () => import("./_commands/compare.ts"),
  },
};

/**
 * The `gradus` command: looks into models and experiments, and takes them elsewhere.
 *
 * As a program: `deno run jsr:@gradus/cli`; it needs `--allow-read`, and `--allow-write` for what it writes.
 *
 * @param args Its arguments: a command, and those of the command.
 * @returns The exit code.
 * @throws {UsageError} If an argument or a file cannot be used, in one line.
 *
 * @example
 * ```ts
 * import { gradus } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await gradus(["--help"]), 0);
 * ```
 */
export async function gradus(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === "--help") {
    console.log(help());
    return 0;
  }
  if (name === "--version") {
    console.log(VERSION);
    return 0;
  }
  if (name === undefined || !Object.hasOwn(COMMANDS, name)) {
    throw new UsageError(
      `Cannot understand the command as it must begin with ${
        Object.keys(COMMANDS).join(", ")
      }, --help or --version: found ${quoteText(name ?? "")}`,
    );
  }
  const { run } = await COMMANDS[name]!.load();
  return await run(rest);
}

function help(): string {
  const width = Math.max(...Object.keys(COMMANDS).map(({ length }) => length));
  return [
    "Looks into models and experiments of Gradus, and takes them elsewhere.",
    "",
    "Usage: gradus COMMAND [arguments]",
    "",
    ...Object.entries(COMMANDS).map(([name, { purpose }]) => `  ${name.padEnd(width)}  ${purpose}`),
    "",
    "gradus COMMAND --help lists the arguments of a command. Exit codes: 0 where all is done, 2 where",
    "an argument or a file cannot be used.",
  ].join("\n");
}

if (import.meta.main) await runProgram(gradus);
