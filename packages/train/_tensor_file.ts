import type { NamedArray } from "@gradus/safetensors";
import { equalShapes, formatShape, type NumericArray, ShapeError } from "@gradus/tensor";
import type { NamedTensor } from "./named_tensor.ts";

/** Reads tensors from their backend, as they are when called. */
export async function readTensors(
  tensors: readonly NamedTensor[],
): Promise<Map<string, NamedArray>> {
  const arrays = new Map<string, Promise<NumericArray>>();
  for (const { name, value } of tensors) {
    if (arrays.has(name)) {
      throw new TypeError(`Cannot save ${name} as names must differ: found two of that name`);
    }
    arrays.set(name, value.data());
  }
  return new Map(
    await Promise.all(tensors.map(async ({ name, value }): Promise<[string, NamedArray]> => [
      name,
      { shape: value.shape, data: await arrays.get(name)! },
    ])),
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
    matches.push({ tensor, data: fittingNumbers(file, tensor, array) });
  }
  return { matches, missing, extra: [...left] };
}

/** Refuses a file that lacks something of the owner's, or has one too many. */
export function assertComplete(
  file: string,
  report: { readonly missing: readonly string[]; readonly extra: readonly string[] },
  content: string,
): void {
  const { missing, extra } = report;
  if (missing.length === 0 && extra.length === 0) return;
  throw new TypeError(
    `Cannot load ${file} as it must have ${content} and no other: found missing ${
      list(missing)
    }, extra ${list(extra)}`,
  );
}

function list(names: readonly string[]): string {
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return names.length === 0 ? "none" : `${names.slice(0, 5).join(", ")}${more}`;
}

function fittingNumbers(
  file: string,
  { name, value }: NamedTensor,
  array: NamedArray,
): NumericArray {
  if (!equalShapes(array.shape, value.shape)) {
    throw new ShapeError(
      `Cannot load ${name} from ${file} as its shape must be ${formatShape(value.shape)}: found ${
        formatShape(array.shape)
      }`,
    );
  }
  const { data, dtype } = array;
  const isReal = data instanceof Float32Array || data instanceof Float64Array;
  if (value.dtype === "int32" ? data instanceof Int32Array : isReal) return data as NumericArray;
  throw new TypeError(
    `Cannot load ${name} from ${file} as its type must be ${
      value.dtype === "int32" ? "I32" : "F32 or F64"
    }: found ${dtype}`,
  );
}
