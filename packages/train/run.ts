import { lineChart } from "@gradus/plot/line-chart";
import type { Means } from "./means.ts";
import type { ParameterStatistics } from "./parameter_statistics.ts";
import { type Contents, writeFileWhole } from "./whole_file.ts";

/** What {@linkcode openRun} needs. */
export interface RunOptions {
  /** The folder of all experiments. Default: `experiments`. */
  readonly root?: string;
  /** Folder of the model's runs: letters, digits, `.`, `_`, `-` and `=`, not starting with a dot. */
  readonly modelName: string;
  /** Every hyper-parameter, the seed, the backend: what it takes to do it again. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Least time between two drawings of a curve while training. Default: 250 ms. */
  readonly redrawMs?: number;
}

/** An epoch of a run. */
export interface EpochEntry {
  /** Number of the epoch, from 0. */
  readonly epoch: number;
  /** Means over the training rows. */
  readonly training: Means;
  /** Means over the validation rows, after the epoch. */
  readonly validation?: Means;
  /** The rate of its last step. */
  readonly learningRate: number;
  /** How long it took. */
  readonly durationMs: number;
  /** The spread of each parameter after it. */
  readonly parameters?: readonly ParameterStatistics[];
}

/**
 * A folder for one training, `experiments/<model name>/<run>/`, that no other run has or gets.
 *
 * It holds `config.json`, `history.csv` (a row an epoch), `parameters.csv` (minimum, maximum and norm of
 * each parameter an epoch), `loss.svg` and `accuracy.svg`, drawn again while training goes on, and what
 * else is written into it. Every file is written whole or not at all.
 *
 * @example
 * ```ts
 * import { openRun } from "@gradus/train";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * const run = await openRun({ root, modelName: "iris", config: { seed: 0 } });
 * const training = { loss: 0.5, accuracy: 0.9, rows: 105 };
 * await run.log({ epoch: 0, training, learningRate: 0.1, durationMs: 3 });
 * await run.finish();
 * assertEquals(run.folder, `${root}/iris/001`);
 * assertEquals(JSON.parse(await Deno.readTextFile(`${run.folder}/config.json`)), { seed: 0 });
 * await assertRejects(() => openRun({ root, modelName: "../../x", config: {} }), RangeError);
 * ```
 */
export class Run {
  /** Where it is. */
  readonly folder: string;
  /** The epochs so far. */
  readonly epochs: EpochEntry[] = [];
  readonly #title: string;
  readonly #redrawMs: number;
  #drawnAt = -Infinity;

  /** Use {@linkcode openRun}, which makes the folder. */
  constructor(
    options: { readonly folder: string; readonly title: string; readonly redrawMs: number },
  ) {
    this.folder = options.folder;
    this.#title = options.title;
    this.#redrawMs = options.redrawMs;
  }

  /**
   * Takes an epoch, and draws the curves again if the last time was long enough ago.
   *
   * @param entry The epoch.
   */
  async log(entry: EpochEntry): Promise<void> {
    this.epochs.push(entry);
    const now = performance.now();
    if (now - this.#drawnAt < this.#redrawMs) return;
    this.#drawnAt = now;
    await this.#writeCurves();
  }

  /**
   * Starts the history over, as a sweep does for its next model.
   *
   * @param epochs Epochs that are done already. Default: none.
   */
  restart(epochs: readonly EpochEntry[] = []): void {
    this.epochs.splice(0, this.epochs.length, ...epochs);
  }

  /** Writes the history and the curves of all epochs. */
  async finish(): Promise<void> {
    await Promise.all([
      this.#writeCurves(),
      this.write("history.csv", historyCsv(this.epochs)),
      this.write("parameters.csv", parametersCsv(this.epochs)),
    ]);
  }

  /**
   * Writes a file into the folder, whole or not at all.
   *
   * @param name The file's name, of the same letters as a model's name.
   * @param contents Text or bytes.
   * @throws {RangeError} If the name could lead out of the folder.
   */
  async write(name: string, contents: Contents): Promise<void> {
    await writeFileWhole(this.path(name), contents);
  }

  /**
   * The path of a file in the folder.
   *
   * @param name The file's name, of the same letters as a model's name.
   * @returns The path.
   * @throws {RangeError} If the name could lead out of the folder.
   */
  path(name: string): string {
    assertName("file", name);
    return `${this.folder}/${name}`;
  }

  async #writeCurves(): Promise<void> {
    if (this.epochs.length === 0) return;
    await this.write("loss.svg", lossChart(this.epochs, { title: this.#title }));
    const accuracy = accuracyChart(this.epochs, { title: this.#title });
    if (accuracy !== null) await this.write("accuracy.svg", accuracy);
  }
}

/**
 * Makes a new folder for a run and writes its `config.json`.
 *
 * Runs of a model are numbered `001`, `002` …; two that start at once get two numbers.
 *
 * @param options Where, what the model is called, and its configuration.
 * @returns The run.
 * @throws {RangeError} If the model's name could lead out of the folder.
 *
 * @example
 * ```ts
 * import { openRun } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * const runs = [1, 2].map(() => openRun({ root, modelName: "iris", config: {} }));
 * const folders = (await Promise.all(runs)).map((run) => run.folder).sort();
 * assertEquals(folders, [`${root}/iris/001`, `${root}/iris/002`]);
 * ```
 */
export async function openRun(options: RunOptions): Promise<Run> {
  const { root = "experiments", modelName, config, redrawMs = 250 } = options;
  assertName("model", modelName);
  const { mkdir } = await import("node:fs/promises");
  const parent = `${root}/${modelName}`;
  await mkdir(parent, { recursive: true });
  for (let number = 1;; number++) {
    const folder = `${parent}/${`${number}`.padStart(3, "0")}`;
    try {
      await mkdir(folder);
    } catch (error) {
      if ((error as { code?: string }).code === "EEXIST") continue;
      throw error;
    }
    const run = new Run({ folder, title: modelName, redrawMs });
    await run.write("config.json", `${JSON.stringify(config, null, 2)}\n`);
    return run;
  }
}

/**
 * The loss of training and validation over the epochs, as SVG.
 *
 * @param epochs At least one epoch.
 * @param options What stands above, and a theme for the PNG's sake.
 * @returns SVG text.
 *
 * @example
 * ```ts
 * import { lossChart } from "@gradus/train";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const training = { loss: 0.5, accuracy: null, rows: 105 };
 * const epochs = [{ epoch: 0, training, learningRate: 0.1, durationMs: 3 }];
 * assertStringIncludes(lossChart(epochs, { title: "iris" }), "mean loss");
 * ```
 */
export function lossChart(epochs: readonly EpochEntry[], options: ChartOptions): string {
  return curves(epochs, { label: "mean loss (nats)", of: (means) => means.loss, ...options });
}

/**
 * The accuracy of training and validation over the epochs, as SVG.
 *
 * @param epochs At least one epoch.
 * @param options What stands above, and a theme for the PNG's sake.
 * @returns SVG text; null if there is no accuracy.
 *
 * @example
 * ```ts
 * import { accuracyChart } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const training = { loss: 0.5, accuracy: null, rows: 105 };
 * const epochs = [{ epoch: 0, training, learningRate: 0.1, durationMs: 3 }];
 * assertEquals(accuracyChart(epochs, { title: "iris" }), null);
 * ```
 */
export function accuracyChart(epochs: readonly EpochEntry[], options: ChartOptions): string | null {
  if (epochs.every((entry) => entry.training.accuracy === null)) return null;
  const of = (means: Means) => 100 * (means.accuracy ?? NaN);
  return curves(epochs, { label: "accuracy (%)", of, ...options });
}

/** What stands above a chart of epochs, and how it is coloured. */
export interface ChartOptions {
  /** Above the chart. */
  readonly title: string;
  /** Default: `auto`, which follows the page. */
  readonly theme?: "auto" | "light" | "dark";
}

function curves(
  epochs: readonly EpochEntry[],
  options: ChartOptions & { readonly label: string; readonly of: (means: Means) => number },
): string {
  const { title, theme = "auto", label, of } = options;
  const x = epochs.map((entry) => entry.epoch + 1);
  const training = { name: "training", x, y: epochs.map((entry) => of(entry.training)) };
  const validation = {
    name: "validation",
    x,
    y: epochs.map((entry) => entry.validation === undefined ? NaN : of(entry.validation)),
  };
  const series = epochs.some((entry) => entry.validation !== undefined)
    ? [training, validation]
    : [training];
  return lineChart({ title, x: { label: "epoch" }, y: { label }, series, theme });
}

function historyCsv(epochs: readonly EpochEntry[]): string {
  const header =
    "epoch,training_loss,training_accuracy,validation_loss,validation_accuracy,learning_rate,duration_ms";
  const rows = epochs.map(({ epoch, training, validation, learningRate, durationMs }) =>
    [
      epoch + 1,
      training.loss,
      training.accuracy ?? "",
      validation?.loss ?? "",
      validation?.accuracy ?? "",
      learningRate,
      durationMs.toFixed(3),
    ].join(",")
  );
  return `${[header, ...rows].join("\n")}\n`;
}

function parametersCsv(epochs: readonly EpochEntry[]): string {
  const rows = epochs.flatMap(({ epoch, parameters = [] }) =>
    parameters.map(({ name, minimum, maximum, norm }) =>
      [epoch + 1, name, minimum, maximum, norm].join(",")
    )
  );
  return `${["epoch,parameter,minimum,maximum,norm", ...rows].join("\n")}\n`;
}

/** Names become folders and files: nothing in them may lead elsewhere. */
function assertName(what: string, name: string): void {
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._=-]*$/.test(name) || name.length > 200) {
    throw new RangeError(
      `Cannot use a ${what} name as it must be at most 200 letters, digits, or any of . _ = -, and not start with a dot: found ${
        JSON.stringify(name.slice(0, 80))
      }`,
    );
  }
}
