import type { Layer } from "@gradus/layers";
import type { Optimizer, OptimizerState } from "@gradus/optim";
import { decodeSafetensors, encodeSafetensors } from "@gradus/safetensors";
import { excerpt, modelMetadata, parseJson, parseNumbers } from "./_model_metadata.ts";
import { numbersOf, prefixed, tensorsOf } from "./_named_state.ts";
import { namingFile } from "./_naming_file.ts";
import { assertComplete, matchTensors, readTensors } from "./_tensor_file.ts";
import type { EarlyStopping } from "./early_stopping.ts";
import type { NamedTensor } from "./named_tensor.ts";
import type { WeightAverage } from "./weight_average.ts";
import { readFileWhole, writeFileWhole } from "./whole_file.ts";

/** Something with a state of its own that a checkpoint shall hold, such as a reduce-on-plateau schedule. */
export interface Savable {
  /**
   * Its state.
   *
   * @returns Plain JSON.
   */
  save(): unknown;
  /**
   * Goes on from a state; checks it first, and changes nothing if it is refused.
   *
   * @param state What `save` returned, by way of a file.
   */
  restore(state: never): void;
}

/** All that training goes on from. */
export interface TrainingState {
  /** The model, initialised. */
  readonly model: Layer;
  /** The optimizer of its parameters. */
  readonly optimizer: Optimizer;
  /** Epochs done. */
  readonly epoch: number;
  /** Watches the validation loss and holds the best weights. */
  readonly stopping?: EarlyStopping;
  /** Averages the weights. */
  readonly average?: WeightAverage;
  /** Others by name: schedules that remember. */
  readonly others?: Readonly<Record<string, Savable>>;
}

/** What a checkpoint holds beside tensors; its fields come from a file and are checked by their owners. */
interface CheckpointRecord {
  readonly epoch: number;
  readonly optimizer: OptimizerState;
  readonly stopping: unknown;
  readonly average: unknown;
  readonly others: Readonly<Record<string, unknown>>;
}

/**
 * All of a training as the bytes of a safetensors file: parameters, states, the optimizer's slots and
 * steps (which schedules depend on), the best and the averaged weights, schedules that remember, and the
 * epoch; all as of the moment of the call.
 *
 * Batches of `@gradus/data` are a function of seed and epoch, and dropout's masks of its state, so that
 * training resumed from it equals training that never stopped, to the byte.
 *
 * @param training What to keep.
 * @returns The bytes; the same training gives the same bytes.
 * @throws {RangeError} If the epoch is not a whole number of at least 0.
 * @throws {TypeError} If two parameters or states have the same name.
 *
 * @example
 * ```ts
 * import { Dense } from "@gradus/layers";
 * import { Sgd } from "@gradus/optim";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { decodeCheckpoint, encodeCheckpoint } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const model = new Dense(1);
 * model.init([1], { backend: reference(), random: random(0) });
 * const optimizer = new Sgd(model.parameters, { learningRate: 0.1, momentum: 0.9 });
 * const bytes = await encodeCheckpoint({ model, optimizer, epoch: 3 });
 * assertEquals(decodeCheckpoint(bytes, { model, optimizer }), 3);
 * ```
 */
export async function encodeCheckpoint(training: TrainingState): Promise<Uint8Array> {
  const { model, optimizer, epoch, stopping, average, others = {} } = training;
  if (!isEpoch(epoch)) {
    throw new RangeError(
      `Cannot save a checkpoint as epoch must be a whole number of at least 0: found ${epoch}`,
    );
  }
  const record: CheckpointRecord = {
    epoch,
    optimizer: optimizer.save(),
    stopping: stopping?.save() ?? null,
    average: average?.save() ?? null,
    others: Object.fromEntries(Object.entries(others).map(([name, part]) => [name, part.save()])),
  };
  // Before the first wait, so that all is of the same step.
  const metadata = { ...modelMetadata(model), checkpoint: JSON.stringify(record) };
  return encodeSafetensors(await readTensors(tensorsOfTraining(training)), { metadata });
}

/**
 * Goes on from the bytes of a checkpoint; nothing changes if it does not fit.
 *
 * @param bytes The file.
 * @param training The same model, optimizer and others, made with the same settings.
 * @param options The file's name, for messages.
 * @returns Epochs done: `startEpoch` of `fit`.
 * @throws {SyntaxError} If the bytes are not a checkpoint.
 * @throws {TypeError} If a tensor or a state is missing, extra, or of another shape or kind.
 * @throws {RangeError} If a number among the states is out of range.
 *
 * @example
 * ```ts
 * import { Dense } from "@gradus/layers";
 * import { Sgd } from "@gradus/optim";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { decodeCheckpoint, encodeModel } from "@gradus/train";
 * import { assertThrows } from "@std/assert";
 *
 * const model = new Dense(1);
 * model.init([1], { backend: reference(), random: random(0) });
 * const optimizer = new Sgd(model.parameters, { learningRate: 0.1 });
 * const bytes = await encodeModel(model);
 * assertThrows(() => decodeCheckpoint(bytes, { model, optimizer }), SyntaxError, "found none");
 * ```
 */
export function decodeCheckpoint(
  bytes: Uint8Array,
  training: Omit<TrainingState, "epoch">,
  options: { readonly name?: string } = {},
): number {
  const { model, optimizer, stopping, average, others = {} } = training;
  const { name = "the file" } = options;
  const { tensors, metadata } = decodeSafetensors(bytes, { name });
  const record = parseRecord(name, metadata.get("checkpoint"));
  const numbers = parseNumbers(name, metadata.get("numbers"));
  const own = stateNames(numbersOf(model).map((state) => state.name), training);
  const found = new Set(stateNames([...numbers.keys()], record));
  assertComplete(name, {
    missing: own.filter((state) => !found.delete(state)),
    extra: [...found],
  }, "the training's states");

  const undo: (() => void)[] = [];
  const restore = (part: Savable, state: unknown) => {
    const before = part.save();
    part.restore(state as never);
    undo.push(() => part.restore(before as never));
  };
  try {
    namingFile(name, () => {
      for (const [part, savable] of Object.entries(others)) restore(savable, record.others[part]);
      if (stopping !== undefined) restore(stopping, record.stopping);
      if (average !== undefined) restore(average, record.average);
    });
    const { matches, ...report } = matchTensors(name, tensors, tensorsOfTraining(training));
    assertComplete(name, report, "the training's tensors");
    namingFile(name, () => optimizer.restore(record.optimizer));
    for (const { tensor, data } of matches) tensor.value.set(data);
  } catch (error) {
    for (const back of undo) back();
    throw error;
  }
  for (const state of numbersOf(model)) state.value = numbers.get(state.name)!;
  return record.epoch;
}

/**
 * Saves a checkpoint to a file; a crash leaves the old one.
 *
 * @param training What to keep.
 * @param path Where; its folder must exist.
 * @throws {RangeError} If the epoch is not a whole number of at least 0.
 * @throws {TypeError} If two parameters or states have the same name.
 *
 * @example
 * ```ts
 * import { Dense } from "@gradus/layers";
 * import { Sgd } from "@gradus/optim";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { loadCheckpoint, saveCheckpoint } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const model = new Dense(1);
 * model.init([1], { backend: reference(), random: random(0) });
 * const optimizer = new Sgd(model.parameters, { learningRate: 0.1 });
 * const path = `${await Deno.makeTempDir()}/checkpoint.safetensors`;
 * await saveCheckpoint({ model, optimizer, epoch: 1 }, path);
 * assertEquals(await loadCheckpoint({ model, optimizer }, path), 1);
 * ```
 */
export async function saveCheckpoint(training: TrainingState, path: string): Promise<void> {
  await writeFileWhole(path, await encodeCheckpoint(training));
}

/**
 * Goes on from a checkpoint's file; nothing changes if it does not fit.
 *
 * @param training The same model, optimizer and others, made with the same settings.
 * @param path The file.
 * @returns Epochs done: `startEpoch` of `fit`.
 * @throws {SyntaxError} If the file is not a checkpoint.
 * @throws {TypeError} If a tensor or a state is missing, extra, or of another shape or kind.
 * @throws {RangeError} If a number among the states is out of range.
 *
 * @example
 * ```ts
 * import { Dense } from "@gradus/layers";
 * import { Sgd } from "@gradus/optim";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { loadCheckpoint } from "@gradus/train";
 * import { assertRejects } from "@std/assert";
 *
 * const model = new Dense(1);
 * model.init([1], { backend: reference(), random: random(0) });
 * const optimizer = new Sgd(model.parameters, { learningRate: 0.1 });
 * const empty = await Deno.makeTempFile();
 * await assertRejects(() => loadCheckpoint({ model, optimizer }, empty), SyntaxError);
 * ```
 */
export async function loadCheckpoint(
  training: Omit<TrainingState, "epoch">,
  path: string,
): Promise<number> {
  return decodeCheckpoint(await readFileWhole(path), training, { name: path });
}

/** All tensors of a training under the names that the file gives them. */
function tensorsOfTraining(training: Omit<TrainingState, "epoch">): NamedTensor[] {
  const { model, optimizer, stopping, average } = training;
  return [
    ...prefixed("model", tensorsOf(model)),
    ...prefixed("optimizer", optimizer.slots),
    ...prefixed("best", stopping?.best() ?? []),
    ...prefixed("average", average?.averages ?? []),
  ];
}

/** What a training has of states that are no tensors; what is null it does not have. */
function stateNames(
  numbers: readonly string[],
  parts: Partial<Record<"stopping" | "average" | "others", unknown>>,
): string[] {
  const has = (part: "stopping" | "average") => (parts[part] ?? null) !== null;
  return [
    ...numbers.map((name) => `model.${name}`),
    ...(["stopping", "average"] as const).filter(has),
    ...Object.keys(parts.others ?? {}).map((name) => `others.${name}`),
  ];
}

function parseRecord(file: string, text: string | undefined): CheckpointRecord {
  const record = text === undefined ? null : parseJson(file, "checkpoint", text);
  const { epoch, others } = (record ?? {}) as Partial<CheckpointRecord>;
  if (!isEpoch(epoch) || typeof others !== "object" || others === null) {
    throw new SyntaxError(
      `Cannot resume from ${file} as its metadata must hold a checkpoint: found ${
        text === undefined ? "none" : excerpt(text)
      }`,
    );
  }
  return record as CheckpointRecord;
}

function isEpoch(epoch: unknown): epoch is number {
  return Number.isSafeInteger(epoch) && (epoch as number) >= 0;
}
