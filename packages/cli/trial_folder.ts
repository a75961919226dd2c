import { type EpochEntry, readFileWhole, type Run } from "@gradus/train";
import { type Config, readConfig } from "./config_file.ts";
import { readHistory, writeHistory } from "./history_file.ts";
import { findRunFolders } from "./run_folders.ts";
import { UsageError } from "./usage_error.ts";

/** What the `config.json` of a trial says of its sweep, under the name `sweep`. */
export interface SweepRecord {
  /** The task that runs it, such as `iris`. */
  readonly program: string;
  /** Which trial this is, from 0. */
  readonly trial: number;
  /** How many there are. */
  readonly trials: number;
  /** The settings of the whole sweep. */
  readonly settings: Config;
}

/** A trial that was run to its end. */
export interface TrialFolder {
  /** Where it is. */
  readonly folder: string;
  /** All of its `config.json`. */
  readonly config: Config;
  /** Of which sweep it is. */
  readonly sweep: SweepRecord;
  /** Why training went astray; null where it did not. */
  readonly diverged: string | null;
}

/** A trial with its epochs. */
export interface MergedTrial extends TrialFolder {
  /** All of them; where training did not go astray, the last one has means of the validation rows. */
  readonly epochs: readonly EpochEntry[];
}

/** What {@linkcode findTrials} finds. */
export interface FoundTrials {
  /** Trials that were run to their end, in the order of their folders. */
  readonly trials: readonly TrialFolder[];
  /** Folders of trials that were not. */
  readonly unfinished: readonly string[];
}

/**
 * Marks the folder of a trial as whole; the last thing to be written there.
 *
 * @param run The trial's run, whose configuration has a {@linkcode SweepRecord} as `sweep`.
 * @param outcome Why training went astray, or null.
 *
 * @example
 * ```ts
 * import { findTrials, finishTrial } from "@gradus/cli";
 * import { openRun } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * const sweep = { program: "iris", trial: 0, trials: 2, settings: { seeds: 2 } };
 * const run = await openRun({ root, modelName: "iris", config: { seed: 0, sweep } });
 * assertEquals((await findTrials([root])).unfinished, [run.folder]);
 * await finishTrial(run, { diverged: null });
 * assertEquals((await findTrials([root])).trials[0]!.sweep, sweep);
 * ```
 */
export async function finishTrial(
  run: Run,
  outcome: { readonly diverged: string | null },
): Promise<void> {
  await run.finish();
  await writeHistory(run);
  await run.write("trial.json", `${JSON.stringify(outcome)}\n`);
}

/**
 * The trials in some folders, of whatever sweeps; other runs are left out.
 *
 * @param folders Where to look, as {@linkcode findRunFolders} does.
 * @returns What was found.
 * @throws {UsageError} If a folder cannot be read, or a file of a trial is not what it must be.
 *
 * @example
 * ```ts
 * import { findTrials } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await findTrials([await Deno.makeTempDir()]), { trials: [], unfinished: [] });
 * ```
 */
export async function findTrials(folders: readonly string[]): Promise<FoundTrials> {
  const trials: TrialFolder[] = [];
  const unfinished: string[] = [];
  for (const folder of await findFolders(folders)) {
    const config = await readConfig(folder, { verb: "collect" });
    if (!Object.hasOwn(config, "sweep")) continue;
    const sweep = parseSweep(config["sweep"], folder);
    const outcome = await readOutcome(folder);
    if (outcome === null) unfinished.push(folder);
    else trials.push({ folder, config, sweep, diverged: outcome.diverged });
  }
  return { trials, unfinished };
}

async function findFolders(folders: readonly string[]): Promise<string[]> {
  try {
    return await findRunFolders(folders);
  } catch (cause) {
    throw new UsageError(
      `Cannot collect trials as folders must be readable: found ${(cause as Error).message}`,
      { cause },
    );
  }
}

function parseSweep(value: unknown, folder: string): SweepRecord {
  const { program, trial, trials, settings } = (value ?? {}) as Partial<SweepRecord>;
  const isWhole = typeof program === "string" && Number.isSafeInteger(trial) &&
    Number.isSafeInteger(trials) && trial! >= 0 && trial! < trials! &&
    typeof settings === "object" && settings !== null;
  if (isWhole) return value as SweepRecord;
  throw new UsageError(
    `Cannot collect ${folder} as the sweep in its config.json must have a program, trial, trials and settings: found ${
      JSON.stringify(value).slice(0, 80)
    }`,
  );
}

async function readOutcome(folder: string): Promise<{ readonly diverged: string | null } | null> {
  let text: string;
  try {
    text = new TextDecoder().decode(await readFileWhole(`${folder}/trial.json`));
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return null;
    throw error;
  }
  try {
    const { diverged } = JSON.parse(text) as { readonly diverged?: unknown };
    if (diverged === null || typeof diverged === "string") return { diverged };
  } catch (error) {
    // A null has no properties.
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  throw new UsageError(
    `Cannot collect ${folder} as its trial.json must say whether it diverged: found ${
      JSON.stringify(text.slice(0, 80))
    }`,
  );
}

/**
 * The trials of one sweep, each once, in the order of the sweep.
 *
 * @param trials As {@linkcode findTrials} finds them, in any order, some of them twice.
 * @param names What each trial of the sweep is called, in order, as {@linkcode trialName} has it.
 * @returns One folder a trial.
 * @throws {UsageError} If they are of several sweeps, one is missing or lacks its epochs, or two of the same
 * trial differ in more than times.
 *
 * @example
 * ```ts
 * import { findTrials, finishTrial, mergeTrials, UsageError } from "@gradus/cli";
 * import { openRun } from "@gradus/train";
 * import { assertRejects } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * const sweep = { program: "iris", trial: 0, trials: 2, settings: { seeds: 2 } };
 * const run = await openRun({ root, modelName: "iris", config: { seed: 0, sweep } });
 * await finishTrial(run, { diverged: "loss NaN" });
 * const { trials } = await findTrials([root]);
 * await assertRejects(
 *   () => mergeTrials(trials, ["seed 0", "seed 1"]),
 *   UsageError,
 *   "found none of trial 1 (seed 1)",
 * );
 * ```
 */
export async function mergeTrials(
  trials: readonly TrialFolder[],
  names: readonly string[],
): Promise<MergedTrial[]> {
  assertOneSweep(trials);
  const merged = new Map<number, MergedTrial>();
  for (const folder of trials) {
    const trial = await readEpochs(folder);
    const first = merged.get(trial.sweep.trial);
    if (first === undefined) merged.set(trial.sweep.trial, trial);
    else await assertAlike(first, trial);
  }
  const missing = names.flatMap((name, trial) =>
    merged.has(trial) ? [] : [`trial ${trial} (${name})`]
  );
  if (missing.length > 0) {
    const more = missing.length > 20 ? ` and ${missing.length - 20} more` : "";
    throw new UsageError(
      `Cannot collect the sweep as each of its ${names.length} trials must have been run to its end: found none of ${
        missing.slice(0, 20).join(", ")
      }${more}`,
    );
  }
  return names.map((_, trial) => merged.get(trial)!);
}

/**
 * Refuses trials of several sweeps, naming what sets them apart.
 *
 * @param trials As {@linkcode findTrials} finds them.
 * @throws {UsageError} If there is none, or they are of several sweeps.
 *
 * @example
 * ```ts
 * import { assertOneSweep, UsageError } from "@gradus/cli";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => assertOneSweep([]), UsageError, "found none");
 * ```
 */
export function assertOneSweep(trials: readonly TrialFolder[]): void {
  const [first, ...others] = trials;
  if (first === undefined) {
    throw new UsageError("Cannot collect a sweep as there must be trials of one: found none");
  }
  const { trial: _, ...own } = first.sweep;
  for (const { folder, sweep: { trial: _, ...sweep } } of others) {
    const names = [
      ...(["program", "trials"] as const).filter((name) => sweep[name] !== own[name]),
      ...namesOf(own.settings, sweep.settings).filter((name) =>
        JSON.stringify(sweep.settings[name]) !== JSON.stringify(own.settings[name])
      ),
    ];
    if (names.length === 0) continue;
    throw new UsageError(
      `Cannot collect ${first.folder} and ${folder} as they must be of one sweep: found that they differ in ${
        names.join(", ")
      }`,
    );
  }
}

function namesOf(...configs: readonly Config[]): string[] {
  return [...new Set(configs.flatMap(Object.keys))];
}

async function readEpochs(trial: TrialFolder): Promise<MergedTrial> {
  const { folder, diverged } = trial;
  const epochs = await readHistory(folder, { verb: "collect" });
  if (diverged !== null || epochs.at(-1)?.validation !== undefined) return { ...trial, epochs };
  throw new UsageError(
    `Cannot collect ${folder} as its history.json must end with what validation gave: found none`,
  );
}

/** A trial gives the same numbers whenever it is run: of two that differ, one is not to be trusted. */
async function assertAlike(first: MergedTrial, second: MergedTrial): Promise<void> {
  const [own, other] = await Promise.all([first, second].map(contentsOf));
  const differing = Object.keys(own!).filter((name) => own![name] !== other![name]);
  if (differing.length === 0) return;
  throw new UsageError(
    `Cannot collect ${first.folder} and ${second.folder} as both are trial ${first.sweep.trial} and must be alike: found that they differ in ${
      differing.join(", ")
    }`,
  );
}

/** What two runs of a trial have in common, as text. */
async function contentsOf(
  { folder, diverged, epochs }: MergedTrial,
): Promise<Record<string, string>> {
  const model = diverged === null
    ? await readFileWhole(`${folder}/model.safetensors`).catch(() => new Uint8Array())
    : new Uint8Array();
  return {
    "trial.json": `${diverged}`,
    "history.json": JSON.stringify(epochs.map(withoutTime)),
    "model.safetensors": new TextDecoder("latin1").decode(model),
  };
}

function withoutTime({ durationMs: _, ...entry }: EpochEntry): Omit<EpochEntry, "durationMs"> {
  return entry;
}
