import type { Layer } from "@gradus/layers";
import { decodeSafetensors, encodeSafetensors } from "@gradus/safetensors";
import { numbersOf, tensorsOf } from "./_named_state.ts";
import { modelMetadata, parseNumbers } from "./_model_metadata.ts";
import { assertComplete, matchTensors, readTensors } from "./_tensor_file.ts";
import { readFileWhole, writeFileWhole } from "./whole_file.ts";

/** What {@linkcode decodeModel} and {@linkcode load} take beside the file. */
export interface LoadOptions {
  /**
   * Whether the file must have the model's tensors and no other. Without it what fits by name is loaded
   * and the rest is reported, as for transfer learning. Default: true.
   */
  readonly strict?: boolean;
  /** The file's name, for messages. Default: `the file`. */
  readonly name?: string;
}

/** What did not fit by name. */
export interface LoadReport {
  /** Tensors of the model that the file lacks; they stay as they are. */
  readonly missing: readonly string[];
  /** Tensors of the file that the model lacks. */
  readonly extra: readonly string[];
}

/**
 * A model's parameters and states as the bytes of a safetensors file, which PyTorch and others read.
 *
 * The numbers are those of the moment of the call. The model's settings are in the file's metadata, if
 * all its layers have `toJSON`; so are states that are plain numbers.
 *
 * @param model A model, initialised.
 * @returns The bytes; the same values give the same bytes.
 * @throws {TypeError} If two parameters or states have the same name.
 *
 * @example
 * ```ts
 * import { Dense, Sequential } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { decodeModel, encodeModel } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const [a, b] = [0, 1].map((seed) => {
 *   const model = new Sequential([new Dense(3)]);
 *   model.init([2], { backend: reference(), random: random(seed) });
 *   return model;
 * });
 * decodeModel(await encodeModel(a!), b!);
 * assertEquals(await encodeModel(b!), await encodeModel(a!));
 * ```
 */
export async function encodeModel(model: Layer): Promise<Uint8Array> {
  // Before the first wait, so that tensors and numbers are of the same step.
  const metadata = modelMetadata(model);
  return encodeSafetensors(await readTensors(tensorsOf(model)), { metadata });
}

/**
 * Loads parameters and states from the bytes of a safetensors file; nothing changes if it does not fit.
 *
 * States that are plain numbers come from the file's metadata; those that it lacks stay as they are, since
 * only files of this package have any.
 *
 * @param bytes The file.
 * @param model A model of the same shapes, initialised.
 * @param options How strict to be.
 * @returns What did not fit by name; empty lists if strict.
 * @throws {SyntaxError} If the bytes are not a safetensors file, or its numbers no record of numbers.
 * @throws {TypeError} If a tensor is missing or extra (if strict), of another shape, or of a type whose
 * numbers are not the tensor's: `F32` and `F64` are for real numbers, `I32` for integers.
 *
 * @example
 * ```ts
 * import { Dense } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { decodeModel, encodeModel } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const context = { backend: reference(), random: random(0) };
 * const [trained, larger] = [new Dense(3, { bias: false }), new Dense(3)];
 * trained.init([2], context);
 * larger.init([2], context);
 * const report = decodeModel(await encodeModel(trained), larger, { strict: false });
 * assertEquals(report, { missing: ["bias"], extra: [] });
 * ```
 */
export function decodeModel(
  bytes: Uint8Array,
  model: Layer,
  options: LoadOptions = {},
): LoadReport {
  const { strict = true, name = "the file" } = options;
  const { tensors, metadata } = decodeSafetensors(bytes, { name });
  const { matches, missing, extra } = matchTensors(name, tensors, tensorsOf(model));
  if (strict) assertComplete(name, { missing, extra }, "the model's tensors");
  const numbers = parseNumbers(name, metadata.get("numbers"));
  for (const { tensor, data } of matches) tensor.value.set(data);
  for (const state of numbersOf(model)) state.value = numbers.get(state.name) ?? state.value;
  return { missing, extra };
}

/**
 * Saves a model's parameters and states as a safetensors file; a crash leaves the old file.
 *
 * @param model A model, initialised.
 * @param path Where; its folder must exist.
 * @throws {TypeError} If two parameters or states have the same name.
 *
 * @example
 * ```ts
 * import { Dense } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { load, save } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const model = new Dense(3);
 * model.init([2], { backend: reference(), random: random(0) });
 * const path = `${await Deno.makeTempDir()}/model.safetensors`;
 * await save(model, path);
 * assertEquals(await load(model, path), { missing: [], extra: [] });
 * ```
 */
export async function save(model: Layer, path: string): Promise<void> {
  await writeFileWhole(path, await encodeModel(model));
}

/**
 * Loads parameters and states from a safetensors file; nothing changes if it does not fit.
 *
 * @param model A model of the same shapes, initialised.
 * @param path The file.
 * @param options How strict to be.
 * @returns What did not fit by name; empty lists if strict.
 * @throws {SyntaxError} If the file is not a safetensors file, or its numbers no record of numbers.
 * @throws {TypeError} If a tensor is missing or extra (if strict), of another shape, or of a type whose
 * numbers are not the tensor's: `F32` and `F64` are for real numbers, `I32` for integers.
 *
 * @example
 * ```ts
 * import { Dense } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { load, save } from "@gradus/train";
 * import { assertRejects } from "@std/assert";
 *
 * const context = { backend: reference(), random: random(0) };
 * const [small, large] = [new Dense(2), new Dense(3)];
 * small.init([2], context);
 * large.init([2], context);
 * const path = `${await Deno.makeTempDir()}/model.safetensors`;
 * await save(small, path);
 * await assertRejects(() => load(large, path), TypeError, "shape must be [2, 3]: found [2, 2]");
 * ```
 */
export async function load(
  model: Layer,
  path: string,
  options: LoadOptions = {},
): Promise<LoadReport> {
  return decodeModel(await readFileWhole(path), model, { name: path, ...options });
}
