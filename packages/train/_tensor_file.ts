import type { DecodedSafetensors, NamedArray } from "@gradus/safetensors";
import { equalShapes, formatShape, type NumericArray, ShapeError } from "@gradus/tensor";
import type { NamedTensor } from "./named_tensor.ts";

/** Reads tensors from their backend, under their names with a prefix. */
export async function readTensors(
  prefix: string,
  tensors: readonly NamedTensor[],
): Promise<[string, NamedArray][]> {
  return await Promise.all(
    tensors.map(async ({ name, value }): Promise<[string, NamedArray]> => [
      `${prefix}${name}`,
      { shape: value.shape, data: await value.data() },
    ]),
  );
}

/** A tensor, and the numbers of a file that it shall get. */
export interface Match {
  readonly tensor: NamedTensor;
  readonly data: NumericArray;
}

/** What of a file fits which tensor; nothing is written yet, so a bad file changes nothing. */
export function matchTensors(
  file: string,
  arrays: ReadonlyMap<string, NamedArray>,
  tensors: readonly NamedTensor[],
): { readonly matches: Match[]; readonly missing: string[]; readonly extra: string[] } {
  const matches: Match[] = [];
  const missing: string[] = [];
  const left = new Set(arrays.keys());
  for (const tensor of tensors) {
    const array = arrays.get(tensor.name);
    if (array === undefined) {
      missing.push(tensor.name);
      continue;
    }
    left.delete(tensor.name);
    if (!equalShapes(array.shape, tensor.value.shape)) {
      throw new ShapeError(
        `Cannot load ${tensor.name} from ${file} as its shape must be ${
          formatShape(tensor.value.shape)
        }: found ${formatShape(array.shape)}`,
      );
    }
    matches.push({ tensor, data: realNumbers(file, tensor.name, array) });
  }
  return { matches, missing, extra: [...left] };
}

/** Refuses a file that lacks a tensor or has one too many. */
export function assertComplete(file: string, missing: string[], extra: string[]): void {
  if (missing.length === 0 && extra.length === 0) return;
  const list = (names: string[]) => names.length === 0 ? "none" : names.slice(0, 5).join(", ");
  throw new TypeError(
    `Cannot load ${file} as it must have the model's tensors and no other: found missing ${
      list(missing)
    }, extra ${list(extra)}`,
  );
}

/** The part of a file under a prefix, without it. */
export function underPrefix(
  { tensors }: DecodedSafetensors,
  prefix: string,
): Map<string, NamedArray> {
  return new Map(
    [...tensors].filter(([name]) => name.startsWith(prefix))
      .map(([name, array]) => [name.slice(prefix.length), array]),
  );
}

function realNumbers(file: string, name: string, { data, dtype }: NamedArray): NumericArray {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  throw new TypeError(
    `Cannot load ${name} from ${file} as its type must be F32 or F64: found ${dtype}`,
  );
}
