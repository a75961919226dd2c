import { readFileWhole } from "@gradus/train/whole-file";
import { type Config, readConfig } from "../config_file.ts";
import { findRunFolders } from "../run_folders.ts";
import { UsageError } from "../usage_error.ts";

/** An epoch of a run, as its `history.csv` has it; what is not known is null. */
export interface HistoryRow {
  readonly epoch: number;
  readonly trainingLoss: number;
  readonly trainingAccuracy: number | null;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  readonly learningRate: number | null;
  readonly durationMs: number | null;
}

/** A run with its settings and epochs. */
export interface Experiment {
  readonly folder: string;
  readonly config: Config;
  readonly history: readonly HistoryRow[];
}

/** The runs in some folders that have at least one epoch. */
export async function findExperiments(folders: readonly string[]): Promise<Experiment[]> {
  const found = await findRunFolders(folders).catch((cause: Error) => {
    throw new UsageError(
      `Cannot look for runs as folders must be readable: found ${cause.message}`,
      { cause },
    );
  });
  const experiments = await Promise.all(found.map(readExperiment));
  return experiments.filter(({ history }) => history.length > 0);
}

/** A run; one without an epoch has an empty history. */
export async function readExperiment(folder: string): Promise<Experiment> {
  const config = await readConfig(folder, { verb: "read" });
  const bytes = await readFileWhole(`${folder}/history.csv`).catch(() => null);
  const history = bytes === null
    ? []
    : await parseHistoryCsv(new TextDecoder().decode(bytes), `${folder}/history.csv`);
  return { folder, config, history };
}

const COLUMNS = [
  ...["epoch", "training_loss", "training_accuracy", "validation_loss", "validation_accuracy"],
  ...["learning_rate", "duration_ms"],
];

/** Rows of a `history.csv`. */
export async function parseHistoryCsv(text: string, file: string): Promise<HistoryRow[]> {
  const { parse } = await import("@std/csv/parse");
  const refuse = (requirement: string, found: string, cause?: unknown): never => {
    throw new UsageError(`Cannot read ${file} as ${requirement}: found ${found}`, { cause });
  };
  let cells: string[][] = [];
  try {
    cells = parse(text);
  } catch (cause) {
    refuse("it must be CSV", "a quote out of place", cause);
  }
  const [header, ...rows] = cells;
  if (`${header}` !== `${COLUMNS}`) {
    refuse(`it must begin with ${COLUMNS}`, `${header ?? "no line"}`.slice(0, 200));
  }
  return rows.map((row, place) => {
    const numbers = row.map((cell) => cell === "" ? null : Number(cell));
    const [epoch, trainingLoss, ...rest] = numbers;
    const isWhole = row.length === COLUMNS.length && Number.isSafeInteger(epoch) &&
      numbers.every((number) => number === null || Number.isFinite(number)) &&
      typeof trainingLoss === "number";
    if (!isWhole) {
      refuse(
        "each row must be an epoch in numbers",
        row.join().slice(0, 200) + ` in row ${place + 1}`,
      );
    }
    const [trainingAccuracy, validationLoss, validationAccuracy, learningRate, durationMs] =
      rest as (number | null)[];
    return {
      ...{ epoch: epoch!, trainingLoss: trainingLoss! },
      trainingAccuracy: trainingAccuracy!,
      validationLoss: validationLoss!,
      validationAccuracy: validationAccuracy!,
      learningRate: learningRate!,
      durationMs: durationMs!,
    };
  });
}

/** A setting as text, for tables and filters; what is not there is empty. */
export function settingText(config: Config, name: string): string {
  const value = Object.hasOwn(config, name) ? config[name] : undefined;
  if (value === undefined || value === null) return "";
  return typeof value === "object" && !Array.isArray(value)
    ? JSON.stringify(value)
    : `${JSON.stringify(value)}`.replaceAll(/^"|"$|^\[|\]$/g, "");
}
