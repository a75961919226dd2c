import type { NamedArray } from "@gradus/safetensors";
import { equalShapes, formatShape, ShapeError, type Tensor } from "@gradus/tensor";
import { fromTorch } from "./_torch_tensor.ts";
import type { FileTensor } from "./_training_tensors.ts";

/** A tensor, and the numbers that it shall get. */
export interface Match {
  readonly tensor: Tensor;
  readonly data: Float32Array;
}

/** What PyTorch keeps beside running statistics, and Gradus does not. */
const COUNT = ".num_batches_tracked";

/** What of a file fits which tensor; nothing is written yet, so that a bad file changes nothing. */
export function matchTorch(
  file: string,
  arrays: ReadonlyMap<string, Required<NamedArray>>,
  tensors: readonly FileTensor[],
): Match[] {
  const names = new Set(tensors.map(({ name }) => name));
  const missing = [...names].filter((name) => !arrays.has(name));
  const extra = [...arrays.keys()].filter((name) => !names.has(name) && !isCount(name, names));
  if (missing.length > 0 || extra.length > 0) {
    throw new TypeError(
      `Cannot load ${file} as it must have the tensors that are expected and no other: found missing ${
        list(missing)
      }, extra ${list(extra)}`,
    );
  }
  return tensors.map((tensor) => ({
    tensor: tensor.value,
    data: fromTorch(numbersOf(file, arrays.get(tensor.name)!, tensor), tensor.layout),
  }));
}

function isCount(name: string, names: ReadonlySet<string>): boolean {
  return name.endsWith(COUNT) && names.has(`${name.slice(0, -COUNT.length)}.running_mean`);
}

function numbersOf(
  file: string,
  { dtype, shape, data }: Required<NamedArray>,
  { name, layout }: FileTensor,
): Float32Array | Float64Array {
  if (!equalShapes(shape, layout.shape)) {
    throw new ShapeError(
      `Cannot load ${name} from ${file} as its shape must be ${formatShape(layout.shape)}: found ${
        formatShape(shape)
      }`,
    );
  }
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  throw new TypeError(
    `Cannot load ${name} from ${file} as its type must be F32 or F64: found ${dtype}`,
  );
}

function list(names: readonly string[]): string {
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return names.length === 0 ? "none" : `${names.slice(0, 5).join(", ")}${more}`;
}
