import type { Sequential } from "@gradus/layers";
import { decodeSafetensors } from "@gradus/safetensors";
import { matchTorch } from "./_match_torch.ts";
import { placeModel } from "./_placed_layer.ts";
import { torchTensors } from "./_torch_tensor.ts";
import { modelTensors } from "./_training_tensors.ts";

/** What {@linkcode importTorch} takes beside the bytes. */
export interface ImportTorchOptions {
  /** The model that the weights are for, initialised. */
  readonly model: Sequential;
  /** The file's name, for messages. Default: `the file`. */
  readonly name?: string;
}

/**
 * Loads a state dict of PyTorch, the bytes of a `model.safetensors` in its names and layouts, into the
 * model that was exported, or one of the same layers; nothing changes if it does not fit.
 *
 * @param bytes The file.
 * @param options The model.
 * @throws {SyntaxError} If the bytes are not a safetensors file.
 * @throws {TypeError} If a tensor is missing or extra, of another shape, or not of `F32` or `F64`. The counts
 * of batches that PyTorch keeps beside running statistics may be there or not.
 *
 * @example
 * ```ts
 * import { Dense, Sequential } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { encodeSafetensors } from "@gradus/safetensors";
 * import { reference } from "@gradus/tensor/reference";
 * import { importTorch } from "@gradus/torch";
 * import { assertEquals } from "@std/assert";
 *
 * const model = new Sequential([new Dense(2, { bias: false })]);
 * model.init([3], { backend: reference(), random: random(0) });
 * const weight = { shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6]) };
 * importTorch(encodeSafetensors({ "0.weight": weight }), { model });
 * assertEquals(await model.parameters[0]!.value.data(), new Float32Array([1, 4, 2, 5, 3, 6]));
 * ```
 */
export function importTorch(bytes: Uint8Array, options: ImportTorchOptions): void {
  const { model, name = "the file" } = options;
  const { tensors } = decodeSafetensors(bytes, { name });
  const layouts = torchTensors(placeModel(model));
  const matches = matchTorch(name, tensors, modelTensors(layouts, model));
  for (const { tensor, data } of matches) tensor.set(data);
}
