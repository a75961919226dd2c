import { historyCsv, parametersCsv } from "./_epoch_tables.ts";
import { accuracyChart, lossChart } from "./epoch_charts.ts";
import type { EpochEntry } from "./epoch_entry.ts";
import { type Contents, writeFileWhole } from "./whole_file.ts";

/** What {@linkcode openRun} needs. */
export interface RunOptions {
  /** The folder of all experiments. Default: `experiments`. */
  readonly root?: string;
  /** Folder of the model's runs: letters, digits, `.`, `_`, `-` and `=`, not starting with a dot. */
  readonly modelName: string;
  /** Every hyper-parameter, the seed, the backend: what it takes to do it again. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Least time between two drawings of the curves while training, in milliseconds. Default: 250. */
  readonly redrawMs?: number;
}

/**
 * A folder for one training, `experiments/<model name>/<run>/`, that no other run has or gets.
 *
 * It holds `config.json`, `history.csv` (a row an epoch), `parameters.csv` (minimum, maximum and norm of
 * each parameter an epoch), `loss.svg`, `accuracy.svg` (unless there is none, as in regression), and what
 * else is written into it. All but the first are written again while training goes on, so that a crash
 * loses little. Every file is written whole or not at all.
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
  #writtenAt = -Infinity;
  #writing: Promise<void> = Promise.resolve();

  /** Use {@linkcode openRun}, which makes the folder. */
  constructor(
    options: { readonly folder: string; readonly title: string; readonly redrawMs: number },
  ) {
    this.folder = options.folder;
    this.#title = options.title;
    this.#redrawMs = options.redrawMs;
  }

  /**
   * Takes an epoch, and writes tables and curves again if the last time was long enough ago.
   *
   * @param entry The epoch.
   */
  async log(entry: EpochEntry): Promise<void> {
    this.epochs.push(entry);
    const now = performance.now();
    if (now - this.#writtenAt < this.#redrawMs) return;
    this.#writtenAt = now;
    await this.#writeAll();
  }

  /**
   * Starts the history over, as a sweep does for its next model.
   *
   * @param epochs Epochs that are done already. Default: none.
   */
  restart(epochs: readonly EpochEntry[] = []): void {
    this.epochs.splice(0, this.epochs.length, ...epochs);
  }

  /** Writes tables and curves of all epochs. */
  async finish(): Promise<void> {
    await this.#writeAll();
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

  /** One after the other, so that the last to come has all epochs. */
  #writeAll(): Promise<void> {
    const write = async () => {
      const { epochs } = this;
      const title = { title: this.#title };
      const accuracy = accuracyChart(epochs, title);
      await Promise.all([
        this.write("history.csv", historyCsv(epochs)),
        this.write("parameters.csv", parametersCsv(epochs)),
        epochs.length === 0 ? null : this.write("loss.svg", lossChart(epochs, title)),
        accuracy === null ? null : this.write("accuracy.svg", accuracy),
      ]);
    };
    this.#writing = this.#writing.then(write, write);
    return this.#writing;
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
 * @throws {TypeError} If the configuration cannot be written as JSON; no folder is made.
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
  const text = configJson(config);
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
    await run.write("config.json", text);
    return run;
  }
}

/** A configuration as JSON, which would drop a function and turn Infinity into null without a word. */
function configJson(config: Readonly<Record<string, unknown>>): string {
  const keep = (key: string, value: unknown) => {
    const isLost = ["function", "symbol", "bigint"].includes(typeof value) ||
      (typeof value === "number" && !Number.isFinite(value));
    if (!isLost) return value;
    throw new TypeError(
      `Cannot write a configuration as each value must be JSON: found ${
        typeof value === "number" ? value : `a ${typeof value}`
      } at ${key}`,
    );
  };
  return `${JSON.stringify(config, keep, 2)}\n`;
}

/** Names become folders and files: nothing in them may lead elsewhere. */
function assertName(what: string, name: string): void {
  if (/^(?!\.)[A-Za-z0-9._=-]{1,200}$/.test(name)) return;
  throw new RangeError(
    `Cannot use a ${what} name as it must be 1 to 200 letters, digits, or any of . _ = -, and not start with a dot: found ${
      JSON.stringify(name.slice(0, 80))
    }`,
  );
}
