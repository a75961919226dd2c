/**
 * Models and trainings to PyTorch, as safetensors in its names and layouts and as programs in Python that
 * can be read, and back.
 *
 * {@linkcode exportTorch} makes the files. With a training, made from a {@linkcode TrainingRecord} such as
 * {@linkcode trainingFromJson} reads from a run's `training.json`, one of them is a program for `torchrun`.
 * {@linkcode importTorch} loads weights, {@linkcode importTorchTraining} goes on from what that program left,
 * momentum included.
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
