import { type LayerRecord, layerShapes, type Sequential, sequentialFromJson } from "@gradus/layers";
import { random } from "@gradus/random";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "@gradus/safetensors";
import { type Backend, equalShapes, formatShape, type Shape, ShapeError } from "@gradus/tensor";
import { excerpt, parseJson } from "./_model_metadata.ts";
import { namingFile } from "./_naming_file.ts";
import { decodeModel } from "./model_file.ts";
import { readFileWhole } from "./whole_file.ts";

/** What {@linkcode restoreModel} and {@linkcode openModel} take beside the file. */
export interface OpenOptions {
  /** Where the model shall live. */
  readonly backend: Backend;
  /** Shape of one input. Default: what the file says. */
  readonly inputShape?: Shape;
  /** The file's name, for messages. Default: `the file`. */
  readonly name?: string;
}

/**
 * A model from the bytes of its file alone, or of a checkpoint: layers, shapes and numbers.
 *
 * The tensors that the model's record asks for are compared with those of the file before any of them is
 * made, so that no record can ask for more memory than a few times the size of its file.
 *
 * @param bytes What {@linkcode encodeModel} or {@linkcode encodeCheckpoint} wrote.
 * @param options Where it shall live.
 * @returns The model, initialised.
 * @throws {SyntaxError} If the bytes are not a safetensors file, or have no record of a model.
 * @throws {TypeError} If the record is not a model's, or its tensors are not those of the file.
 * @throws {RangeError} If a setting of the record is out of range.
 *
 * @example
 * ```ts
 * import { Dense, Relu, Sequential } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { encodeModel, restoreModel } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const model = new Sequential([new Dense(16), new Relu(), new Dense(3)]);
 * model.init([4], { backend, random: random(0) });
 * const bytes = await encodeModel(model);
 * assertEquals(await encodeModel(restoreModel(bytes, { backend })), bytes);
 * ```
 */
export function restoreModel(bytes: Uint8Array, options: OpenOptions): Sequential {
  const { backend, name = "the file" } = options;
  const { tensors, metadata } = decodeSafetensors(bytes, { name });
  if (metadata.has("checkpoint")) {
    return restoreModel(modelOf(tensors, metadata), { ...options, name });
  }
  const record = parseRecord(name, metadata.get("model"));
  const inputShape = options.inputShape ?? parseShape(name, metadata.get("inputShape"));
  const [model, { parameters, state }] = namingFile(name, () => [
    sequentialFromJson(record),
    layerShapes(record, inputShape),
  ]);
  for (const { name: tensor, shape } of [...parameters, ...state]) {
    const found = tensors.get(tensor)?.shape;
    if (found !== undefined && equalShapes(found, shape)) continue;
    throw new ShapeError(
      `Cannot load ${tensor} from ${name} as its shape must be ${formatShape(shape)}: found ${
        found === undefined ? "none" : formatShape(found)
      }`,
    );
  }
  model.init(inputShape, { backend, random: random(0) });
  decodeModel(bytes, model, { name });
  return model;
}

/**
 * A model from its file alone, as {@linkcode save} or {@linkcode saveCheckpoint} wrote it.
 *
 * @param path The file.
 * @param options Where it shall live.
 * @returns The model, initialised.
 * @throws {SyntaxError} If the file is not a safetensors file, or has no record of a model.
 * @throws {TypeError} If the record is not a model's, or its tensors are not those of the file.
 * @throws {RangeError} If a setting of the record is out of range.
 *
 * @example
 * ```ts
 * import { Dense, Sequential } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { openModel, save } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const model = new Sequential([new Dense(3)]);
 * model.init([2], { backend, random: random(0) });
 * const path = `${await Deno.makeTempDir()}/model.safetensors`;
 * await save(model, path);
 * assertEquals((await openModel(path, { backend })).inputShape, [2]);
 * ```
 */
export async function openModel(path: string, options: OpenOptions): Promise<Sequential> {
  return restoreModel(await readFileWhole(path), { name: path, ...options });
}

/** The file of a model from what a checkpoint holds of it. */
function modelOf(
  tensors: ReadonlyMap<string, NamedArray>,
  metadata: ReadonlyMap<string, string>,
): Uint8Array {
  const prefix = "model.";
  const own = [...tensors].filter(([name]) => name.startsWith(prefix));
  return encodeSafetensors(
    new Map(own.map(([name, array]) => [name.slice(prefix.length), array])),
    { metadata: new Map([...metadata].filter(([key]) => key !== "checkpoint")) },
  );
}

function parseRecord(file: string, text: string | undefined): LayerRecord {
  if (text !== undefined) return parseJson(file, "model", text) as LayerRecord;
  throw new SyntaxError(
    `Cannot make a model of ${file} as its metadata must hold the record of one: found none`,
  );
}

function parseShape(file: string, text: string | undefined): Shape {
  const shape = text === undefined ? null : parseJson(file, "inputShape", text);
  const isShape = Array.isArray(shape) && shape.length > 0 && shape.length <= 8 &&
    shape.every((length) => Number.isSafeInteger(length) && length > 0);
  if (isShape) return shape;
  throw new SyntaxError(
    `Cannot make a model of ${file} as its metadata inputShape must be a list of lengths: found ${
      text === undefined ? "none" : excerpt(text)
    }`,
  );
}
