import type { Layer } from "@gradus/layers";
import type { Optimizer, OptimizerState } from "@gradus/optim";
import { decodeSafetensors, encodeSafetensors } from "@gradus/safetensors";
import { modelMetadata, parseJson, parseNumbers } from "./_model_metadata.ts";
import { numbersOf, tensorsOf } from "./_named_state.ts";
import { assertComplete, matchTensors, readTensors, underPrefix } from "./_tensor_file.ts";
import type { EarlyStopping } from "./early_stopping.ts";
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
   * Goes on from a state; checks it first.
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
  /** Others by name: schedules that remember. */
  readonly others?: Readonly<Record<string, Savable>>;
}

/** Beside the tensors, what a checkpoint holds; its fields come from a file and are checked on use. */
interface CheckpointRecord {
  readonly epoch: number;
  readonly optimizer: OptimizerState;
  readonly stopping: unknown;
  readonly others: Readonly<Record<string, unknown>>;
}

/**
 * All of a training as the bytes of a safetensors file: parameters, states, the optimizer's slots and
 * steps (which schedules depend on), the best weights, schedules that remember, and the epoch.
 *
 * Batches of `@gradus/data` are a function of seed and epoch, and dropout's masks of its state, so that
 * training resumed from it equals training that never stopped, to the byte.
 *
 * @param training What to keep.
 * @returns The bytes; the same training gives the same bytes.
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
  const { model, optimizer, epoch, stopping, others = {} } = training;
  const record: CheckpointRecord = {
    epoch,
    optimizer: optimizer.save(),
    stopping: stopping?.save() ?? null,
    others: Object.fromEntries(Object.entries(others).map(([name, part]) => [name, part.save()])),
  };
  const tensors = await Promise.all([
    readTensors("model.", tensorsOf(model)),
    readTensors("optimizer.", optimizer.slots),
    readTensors("best.", stopping?.best() ?? []),
  ]);
  return encodeSafetensors(new Map(tensors.flat()), {
    metadata: { ...modelMetadata(model), checkpoint: JSON.stringify(record) },
  });
}

/**
 * Goes on from the bytes of a checkpoint; what does not fit is refused before a tensor changes.
 *
 * @param bytes The file.
 * @param training The same model, optimizer and others, made with the same settings.
 * @param options The file's name, for messages.
 * @returns Epochs done: `startEpoch` of `fit`.
 * @throws {SyntaxError} If the bytes are not a checkpoint.
 * @throws {TypeError} If a tensor or a state is missing, extra or of another shape.
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
  const { model, optimizer, stopping, others = {} } = training;
  const { name = "the file" } = options;
  const file = decodeSafetensors(bytes, { name });
  const record = parseRecord(name, file.metadata.get("checkpoint"));
  const numbers = parseNumbers(name, file.metadata.get("numbers"));

  const match = (prefix: string, tensors: Parameters<typeof matchTensors>[2]) => {
    const found = matchTensors(name, underPrefix(file, prefix), tensors);
    assertComplete(name, found.missing, found.extra);
    return found.matches;
  };
  const matches = [...match("model.", tensorsOf(model)), ...match("optimizer.", optimizer.slots)];
  for (const part of Object.keys(others)) {
    if (!Object.hasOwn(record.others, part)) {
      throw new TypeError(`Cannot resume from ${name} as it must hold ${part}: found none`);
    }
  }
  optimizer.restore(record.optimizer);
  for (const [part, savable] of Object.entries(others)) {
    savable.restore(record.others[part] as never);
  }
  if (stopping !== undefined) {
    stopping.restore(record.stopping as never);
    matches.push(...match("best.", stopping.best()));
  }
  for (const { tensor, data } of matches) tensor.value.set(data);
  for (const state of numbersOf(model)) state.value = numbers.get(state.name) ?? state.value;
  return record.epoch;
}

/**
 * Saves a checkpoint to a file; a crash leaves the old one.
 *
 * @param training What to keep.
 * @param path Where; its folder must exist.
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
 * Goes on from a checkpoint's file; what does not fit is refused before a tensor changes.
 *
 * @param training The same model, optimizer and others, made with the same settings.
 * @param path The file.
 * @returns Epochs done: `startEpoch` of `fit`.
 * @throws {SyntaxError} If the file is not a checkpoint.
 * @throws {TypeError} If a tensor or a state is missing, extra or of another shape.
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

function parseRecord(file: string, text: string | undefined): CheckpointRecord {
  const record = text === undefined ? null : parseJson(file, "checkpoint", text);
  const { epoch, optimizer, others } = (record ?? {}) as Partial<CheckpointRecord>;
  const fits = Number.isInteger(epoch) && epoch! >= 0 && typeof optimizer === "object" &&
    typeof others === "object" && others !== null;
  if (!fits) {
    throw new SyntaxError(
      `Cannot resume from ${file} as its metadata must hold a checkpoint: found ${
        text?.slice(0, 80) ?? "none"
      }`,
    );
  }
  return record as CheckpointRecord;
}
