/**
 * Models to PyTorch and back: weights as safetensors in PyTorch's names and layouts, and the network as a
 * program in Python that can be read.
 *
 * {@linkcode exportTorch} makes the files, {@linkcode importTorch} loads weights that were trained or
 * changed there.
 *
 * @example To PyTorch and back
 * ```ts
 * import { Conv2d, Dense, Flatten, Relu, Sequential } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { exportTorch, importTorch } from "@gradus/torch";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * const layers = [new Conv2d(8, { kernel: 3 }), new Relu(), new Flatten(), new Dense(10)];
 * const model = new Sequential(layers);
 * model.init([32, 32, 3], { backend: reference(), random: random(0) });
 * const before = await model.parameters[0]!.value.data();
 *
 * const files = await exportTorch({ model });
 * assertStringIncludes(files.get("model.py") as string, "nn.Conv2d(3, 8, kernel_size=3)");
 * importTorch(files.get("model.safetensors") as Uint8Array, { model });
 * assertEquals(await model.parameters[0]!.value.data(), before);
 * ```
 *
 * @module
 */

export * from "./export_torch.ts";
export * from "./import_torch.ts";
export * from "./import_torch_training.ts";
export * from "./training_from_json.ts";
export * from "./training_record.ts";
export * from "./training_state.ts";
