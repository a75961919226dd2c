import type { NamedArray } from "@gradus/safetensors";
import { equalShapes, formatShape, ShapeError, type Tensor } from "@gradus/tensor";
import { fromTorch, type TorchTensor } from "./_torch_tensor.ts";
import type { NamedTensor } from "./_values_of.ts";

/** A tensor, and the numbers that it shall get. */
export interface Match {
  readonly tensor: Tensor;
  readonly data: Float32Array;
}

/** What PyTorch keeps beside running statistics, and Gradus does not. */
const COUNT = ".num_batches_tracked";

/**
 * What of a file fits which tensor; nothing is written yet, so that a bad file changes nothing.
 *
 * @param file The file's name, for messages.
 * @param arrays What it holds, without what its names begin with.
 * @param tensors What it must hold, and the tensors here that are meant.
 */
export function matchTorch(
  file: string,
  arrays: ReadonlyMap<string, Required<NamedArray>>,
  tensors: { readonly expected: readonly TorchTensor[]; readonly own: readonly NamedTensor[] },
): Match[] {
  const { expected, own } = tensors;
  const byName = new Map(own.map(({ name, value }) => [name, value]));
  const names = new Set(expected.map(({ name }) => name));
  const missing = expected.filter(({ name }) => !arrays.has(name)).map(({ name }) => name);
  const extra = [...arrays.keys()].filter((name) => !names.has(name) && !isCount(name, names));
  if (missing.length > 0 || extra.length > 0) {
    throw new TypeError(
      `Cannot load ${file} as it must have the model's tensors and no other: found missing ${
        list(missing)
      }, extra ${list(extra)}`,
    );
  }
  return expected.map((tensor) => ({
    tensor: byName.get(tensor.own)!,
    data: fromTorch(numbersOf(file, arrays.get(tensor.name)!, tensor), tensor),
  }));
}

function isCount(name: string, names: ReadonlySet<string>): boolean {
  return name.endsWith(COUNT) && names.has(`${name.slice(0, -COUNT.length)}.running_mean`);
}

function numbersOf(
  file: string,
  { dtype, shape, data }: Required<NamedArray>,
  tensor: TorchTensor,
): Float32Array | Float64Array {
  if (!equalShapes(shape, tensor.shape)) {
    throw new ShapeError(
      `Cannot load ${tensor.name} from ${file} as its shape must be ${
        formatShape(tensor.shape)
      }: found ${formatShape(shape)}`,
    );
  }
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  throw new TypeError(
    `Cannot load ${tensor.name} from ${file} as its type must be F32 or F64: found ${dtype}`,
  );
}

function list(names: readonly string[]): string {
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return names.length === 0 ? "none" : `${names.slice(0, 5).join(", ")}${more}`;
}
