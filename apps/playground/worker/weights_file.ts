import { type Standardizer, standardizerFromJson } from "@gradus/data/standardize";
import type { Sequential } from "@gradus/layers";
import { decodeSafetensors, encodeSafetensors } from "@gradus/safetensors";
import { decodeModel, encodeModel } from "@gradus/train";

/** What the file's metadata calls the statistics that inputs are standardized with. */
const KEY = "standardizer";

/**
 * A model as a safetensors file, with what its inputs go through before: without it, the weights of the
 * first layer mean nothing.
 */
export async function encodeWeights(
  model: Sequential,
  standardizer: Standardizer,
): Promise<Uint8Array<ArrayBuffer>> {
  const { tensors, metadata } = decodeSafetensors(await encodeModel(model));
  return encodeSafetensors(tensors, {
    metadata: new Map([...metadata, [KEY, JSON.stringify(standardizer)]]),
  });
}

/**
 * Loads a file into a model; nothing changes if it does not fit.
 *
 * @param bytes The file.
 * @param model A model, initialised.
 * @param options The file's name, for messages.
 * @returns What its inputs go through; null where the file, made by another program, does not say.
 * @throws {SyntaxError} If it is not a safetensors file.
 * @throws {TypeError} If its tensors are not the model's.
 */
export function decodeWeights(
  bytes: Uint8Array,
  model: Sequential,
  { name }: { readonly name: string },
): Standardizer | null {
  const text = decodeSafetensors(bytes, { name }).metadata.get(KEY);
  const standardizer = text === undefined ? null : standardizerFromJson(parse(text, name));
  decodeModel(bytes, model, { name });
  return standardizer;
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(
      `Cannot load ${name} as its metadata "${KEY}" must be JSON: found ${text.slice(0, 40)}`,
      { cause },
    );
  }
}
