import type { Sequential } from "@gradus/layers";
import { encodeSafetensors, type NamedArray } from "@gradus/safetensors";
import type { NumericArray } from "@gradus/tensor";
import { modelPy } from "./_model_py.ts";
import { placeModel } from "./_placed_layer.ts";
import { type TorchTensor, torchTensors, toTorch } from "./_torch_tensor.ts";
import { tensorsOf, valuesOf } from "./_values_of.ts";

const RUNNING = ".running_mean";
const COUNT = ".num_batches_tracked";

/** What {@linkcode exportTorch} writes. */
export interface ExportTorchOptions {
  /** The model, initialised; each of its layers has `toJSON`. */
  readonly model: Sequential;
}

/**
 * A model as files for PyTorch, by their names:
 *
 * - `model.safetensors`: a state dict, in PyTorch's names and layouts;
 * - `model.py`: the network by `torch.nn`, and a reader of its own, which needs no package but torch.
 *
 * Convolution kernels become `[filters, channels / groups, height, width]`, dense weights `[units, in]`. A
 * dense layer behind a flatten gets its inputs in PyTorch's order, channels first, so that `nn.Flatten` can
 * precede it. The numbers are those of the moment of the call.
 *
 * @param options The model.
 * @returns Contents by name of file; the same model gives the same.
 * @throws {TypeError} If a layer of the user's own has no `toJSON`, or an input is neither row nor image.
 * @throws {ShapeError} If the model is not initialised.
 *
 * @example
 * ```ts
 * import { Dense, Relu, Sequential } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { decodeSafetensors } from "@gradus/safetensors";
 * import { reference } from "@gradus/tensor/reference";
 * import { exportTorch } from "@gradus/torch";
 * import { assertEquals } from "@std/assert";
 *
 * const model = new Sequential([new Dense(16), new Relu(), new Dense(3)]);
 * model.init([4], { backend: reference(), random: random(0) });
 * const files = await exportTorch({ model });
 *
 * assertEquals([...files.keys()], ["model.safetensors", "model.py"]);
 * const { tensors } = decodeSafetensors(files.get("model.safetensors") as Uint8Array);
 * assertEquals(tensors.get("0.weight")!.shape, [16, 4]);
 * ```
 */
export async function exportTorch(
  options: ExportTorchOptions,
): Promise<Map<string, Uint8Array | string>> {
  const { model } = options;
  const placed = placeModel(model.toJSON(), model.inputShape);
  const tensors = torchTensors(placed);
  const values = await valuesOf(tensorsOf(model));
  const state = stateDict(tensors, values, 0);
  return new Map<string, Uint8Array | string>([
    ["model.safetensors", encodeSafetensors(state, { metadata: { format: "pt" } })],
    ["model.py", modelPy(placed)],
  ]);
}

/** All tensors as PyTorch has them, with the counts of batches that it keeps beside running statistics. */
function stateDict(
  tensors: readonly TorchTensor[],
  values: ReadonlyMap<string, NumericArray>,
  steps: number,
): Map<string, NamedArray> {
  const state = new Map<string, NamedArray>();
  for (const tensor of tensors) {
    const data = toTorch(values.get(tensor.own)!, tensor);
    state.set(tensor.name, { shape: tensor.shape, data });
    if (!tensor.name.endsWith(RUNNING)) continue;
    const count = `${tensor.name.slice(0, -RUNNING.length)}${COUNT}`;
    state.set(count, { shape: [], data: new BigInt64Array([BigInt(steps)]) });
  }
  return state;
}
