import {
  type EpochEntry,
  type Means,
  type ParameterStatistics,
  readFileWhole,
  type Run,
} from "@gradus/train";
import { UsageError } from "./usage_error.ts";

/**
 * Writes the epochs of a run as `history.json`, which {@linkcode readHistory} reads.
 *
 * @param run The run.
 *
 * @example
 * ```ts
 * import { readHistory, writeHistory } from "@gradus/cli";
 * import { openRun } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const run = await openRun({ root: await Deno.makeTempDir(), modelName: "a", config: {} });
 * const training = { loss: 1.5, accuracy: 0.5, rows: 2 };
 * await run.log({ epoch: 0, training, learningRate: 0.1, durationMs: 1 });
 * await writeHistory(run);
 * assertEquals(await readHistory(run.folder, { verb: "read" }), run.epochs);
 * ```
 */
export async function writeHistory(run: Run): Promise<void> {
  await run.write("history.json", `${JSON.stringify(run.epochs)}\n`);
}

/**
 * Reads the epochs of a run from its `history.json`.
 *
 * @param folder The run's folder.
 * @param options What is done with it, for messages, such as `go on from`.
 * @returns The epochs, all numbers checked.
 * @throws {UsageError} If there is no such file, or it is no list of epochs, in one line.
 *
 * @example
 * ```ts
 * import { readHistory, UsageError } from "@gradus/cli";
 * import { assertRejects } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * await assertRejects(
 *   () => readHistory(folder, { verb: "go on from" }),
 *   UsageError,
 *   "found no history.json",
 * );
 * ```
 */
export async function readHistory(
  folder: string,
  options: { readonly verb: string },
): Promise<EpochEntry[]> {
  const bytes = await readFileWhole(`${folder}/history.json`).catch((cause: unknown) => {
    throw new UsageError(
      `Cannot ${options.verb} ${folder} as it must hold what a whole epoch leaves: found no history.json`,
      { cause },
    );
  });
  return parseHistory(bytes, { folder, ...options });
}

/**
 * Reads the bytes of a `history.json`.
 *
 * @param bytes The file.
 * @param options Of which folder it is, and what is done with it, for messages.
 * @returns The epochs, all numbers checked.
 * @throws {UsageError} If it is no list of epochs, in one line.
 *
 * @example
 * ```ts
 * import { parseHistory, UsageError } from "@gradus/cli";
 * import { assertThrows } from "@std/assert";
 *
 * const options = { folder: "experiments/a/001", verb: "read" };
 * assertThrows(() => parseHistory(new Uint8Array(), options), UsageError, "a list of epochs");
 * ```
 */
export function parseHistory(
  bytes: Uint8Array,
  options: { readonly folder: string; readonly verb: string },
): EpochEntry[] {
  try {
    const history: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (Array.isArray(history) && history.every(isEntry)) return history;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UsageError(
    `Cannot ${options.verb} ${options.folder} as its history.json must be a list of epochs: found something else`,
  );
}

/** Whether an entry has the numbers that tables and curves are made of. */
function isEntry(entry: Partial<EpochEntry> | null, place: number): boolean {
  const { epoch, training, validation, learningRate, durationMs, parameters = [] } = entry ?? {};
  return epoch === place && isMeans(training) &&
    (validation === undefined || isMeans(validation)) &&
    [learningRate, durationMs].every(Number.isFinite) &&
    Array.isArray(parameters) && parameters.every(isStatistics);
}

function isMeans(means: Partial<Means> | null | undefined): boolean {
  const { loss, accuracy, rows } = means ?? {};
  return Number.isFinite(loss) && Number.isSafeInteger(rows) &&
    (accuracy === null || Number.isFinite(accuracy));
}

function isStatistics(statistics: Partial<ParameterStatistics> | null): boolean {
  const { name, minimum, maximum, norm } = statistics ?? {};
  return typeof name === "string" && [minimum, maximum, norm].every(Number.isFinite);
}
