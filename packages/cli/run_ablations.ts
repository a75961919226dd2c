import { writeFile } from "node:fs/promises";
import type { Ablations, Parts } from "./ablations.ts";
import { chooseBackend } from "./choose_backend.ts";
import { partsMarkdown } from "./explain_parts.ts";
import { type Flag, integerFlag, switchFlag } from "./flag.ts";
import { type AblationTraining, measureAblations } from "./measure_ablations.ts";
import type { BackendName } from "./open_backend.ts";
import { type FlagValues, helpText, parseFlags } from "./parse_flags.ts";
import { progressText } from "./progress_text.ts";
import { stderrProgress } from "./run_program.ts";
import type { ClassifierProgress } from "./train_classifier.ts";

/** What a training of an ablation is told. */
export interface AblationSettings {
  /** Folder of the data files; null where the program looks itself. */
  readonly data: string | null;
  /** What computes. */
  readonly backend: BackendName;
}

/** A program that measures what the parts of its model are worth. */
export interface AblationProgram {
  /** Its command. */
  readonly command: string;
  /** What it trains, for the help. */
  readonly purpose: string;
  /** Its parts by name. */
  readonly parts: Parts;
  /** What was measured before. */
  readonly measured: Ablations;
  /** Where it is kept. */
  readonly file: URL;
  /** Flags that it shares with the program that trains. */
  readonly flags: {
    readonly data: Flag<string | null>;
    readonly backend: Flag<BackendName | "auto">;
    readonly help: Flag<boolean>;
  };
  /** Reads the data, and returns what trains and gives the validation accuracy. */
  readonly prepare: (settings: AblationSettings) => Promise<
    (
      training: AblationTraining,
      onProgress: (progress: ClassifierProgress) => void,
    ) => Promise<number>
  >;
}

/**
 * Trains with all parts of a model and without each, keeps the accuracies after each training, and prints
 * them as a table in the end.
 *
 * @param args The command line.
 * @param program Parts, data, how to train.
 * @returns The exit code.
 * @throws {UsageError} If a flag or a file cannot be used.
 *
 * @example
 * ```ts
 * import { choiceFlag, runAblations, switchFlag, textFlag } from "@gradus/cli";
 * import { pathToFileURL } from "node:url";
 * import { assertEquals } from "@std/assert";
 *
 * const file = pathToFileURL(await Deno.makeTempFile());
 * const code = await runAblations(["--seeds", "1"], {
 *   ...{ command: "ablate", purpose: "Trains.", file },
 *   parts: { flip: { what: "mirror images", why: "More to learn from.", instead: "none" } },
 *   measured: { command: "ablate", validation: 1000, whole: [], without: {} },
 *   flags: {
 *     data: textFlag({ description: "data", fallback: null, placeholder: "DIR" }),
 *     backend: choiceFlag({ description: "backend", fallback: "cpu", choices: ["cpu"] }),
 *     help: switchFlag({ description: "help" }),
 *   },
 *   prepare: () =>
 *     Promise.resolve(({ without }) => Promise.resolve(without === null ? 0.75 : 0.7)),
 * });
 * assertEquals(code, 0);
 * assertEquals(JSON.parse(await Deno.readTextFile(file)), {
 *   ...{ command: "ablate", validation: 1000, whole: [0.75], without: { flip: [0.7] } },
 * });
 * ```
 */
export async function runAblations(
  args: readonly string[],
  program: AblationProgram,
): Promise<number> {
  const { command, purpose, parts, measured, file } = program;
  const { data, backend: backendFlag, help } = program.flags;
  const spec = {
    data,
    seeds: integerFlag({ description: "so many seeds, from 0 on", fallback: 2, atLeast: 1 }),
    "go-on": switchFlag({ description: "keep what was measured, and measure the rest" }),
    backend: backendFlag,
    help,
  };
  const flags: FlagValues<typeof spec> = parseFlags(args, spec);
  if (flags.help) {
    console.log(helpText(spec, { command, purpose }));
    return 0;
  }
  const { name: backend, reason } = await chooseBackend(flags.backend);
  const train = await program.prepare({ data: flags.data, backend });
  if (reason !== null) console.log(`Backend ${backend}: ${reason}.`);
  const progress = stderrProgress();
  let kept = measured;
  await measureAblations({
    parts: Object.keys(parts),
    seeds: flags.seeds,
    ...flags["go-on"] ? { done: measured } : {},
    train: (training) => train(training, (now) => progress.show(now.share, progressText(now))),
    onResult: async ({ without, seed, accuracy }, accuracies) => {
      progress.clear();
      console.log(`without ${without ?? "nothing"}, seed ${seed}: ${accuracy ?? "diverges"}`);
      kept = { command, validation: measured.validation, ...accuracies };
      await writeFile(file, `${JSON.stringify(kept, null, 2)}\n`);
    },
  });
  console.log(`\n${partsMarkdown(parts, kept)}`);
  return 0;
}
