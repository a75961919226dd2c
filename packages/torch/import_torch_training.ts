import type { Sequential } from "@gradus/layers";
import type { OptimizerState } from "@gradus/optim";
import { decodeSafetensors } from "@gradus/safetensors";
import { matchTorch } from "./_match_torch.ts";
import { placeModel } from "./_placed_layer.ts";
import { torchTensors } from "./_torch_tensor.ts";
import { trainingTensors } from "./_training_tensors.ts";
import type { TrainingState } from "./training_state.ts";

/** What {@linkcode importTorchTraining} takes beside the bytes. */
export interface ImportTorchTrainingOptions extends TrainingState {
  /** The model that was exported, or one of the same layers, initialised. */
  readonly model: Sequential;
  /** The file's name, for messages. Default: `the file`. */
  readonly name?: string;
}

/**
 * Goes on from where `train_ddp.py` stopped: sets model, optimizer and average to what the bytes of its
 * `training.safetensors` hold; nothing changes if they do not fit.
 *
 * @param bytes The file.
 * @param options The model, and an optimizer and an average of the settings that were exported.
 * @returns Steps taken in all. Divided by the steps of an epoch they are the epochs done, `startEpoch` of
 * `fit`, since the program saves after whole epochs.
 * @throws {SyntaxError} If the bytes are not such a file.
 * @throws {TypeError} If a tensor is missing or extra, of another shape or not of real numbers, or a count of
 * a parameter's steps is missing or extra.
 * @throws {RangeError} If a count of steps is none.
 *
 * @example
 * ```ts
 * import { Dense, Sequential } from "@gradus/layers";
 * import { Sgd } from "@gradus/optim";
 * import { random } from "@gradus/random";
 * import { encodeSafetensors } from "@gradus/safetensors";
 * import { reference } from "@gradus/tensor/reference";
 * import { importTorchTraining } from "@gradus/torch";
 * import { assertEquals } from "@std/assert";
 *
 * const model = new Sequential([new Dense(1, { bias: false })]);
 * model.init([2], { backend: reference(), random: random(0) });
 * const optimizer = new Sgd(model.parameters, { learningRate: 0.1, momentum: 0.9 });
 * const numbers = (...data: number[]) => ({ shape: [1, 2], data: new Float32Array(data) });
 * const bytes = encodeSafetensors({
 *   "model.0.weight": numbers(1, 2),
 *   "momentum_buffer.0.weight": numbers(3, 4),
 *   "rows": { shape: [1], data: new Int32Array([0]) },
 * }, { metadata: { format: "gradus-torch", steps: "7", updates: '{ "0.weight": 7 }' } });
 *
 * assertEquals(importTorchTraining(bytes, { model, optimizer }), 7);
 * assertEquals(optimizer.steps, 7);
 * assertEquals(await optimizer.slots[0]!.value.data(), new Float32Array([3, 4]));
 * ```
 */
export function importTorchTraining(
  bytes: Uint8Array,
  options: ImportTorchTrainingOptions,
): number {
  const { model, optimizer, average, name = "the file" } = options;
  const { tensors, metadata } = decodeSafetensors(bytes, { name });
  if (metadata.get("format") !== FORMAT) {
    refuse(name, "its metadata must have the format of a training, gradus-torch", {
      found: metadata.get("format"),
    });
  }
  const layouts = torchTensors(placeModel(model));
  const names = new Map(layouts.map((layout) => [layout.own, layout.name]));
  const updates = readUpdates(name, metadata.get("updates"));
  const { kind, parameters: own, slots } = optimizer.save();
  const parameters = own.map((parameter) => {
    const count = updates.get(names.get(parameter.name)!);
    if (count !== undefined) return { name: parameter.name, updates: count };
    throw new TypeError(
      `Cannot go on from ${name} as it must count the steps of each parameter: found no ${
        names.get(parameter.name)
      }`,
    );
  });
  const state: OptimizerState = {
    kind,
    steps: readSteps(name, metadata.get("steps")),
    parameters,
    slots,
  };
  const averageState = average === undefined
    ? null
    : { steps: readSteps(name, metadata.get("average_steps")) };

  tensors.delete("rows");
  const matches = matchTorch(name, tensors, trainingTensors(layouts, options, state));
  // Where its contents are swapped, it says so before anything changes.
  average?.save();
  try {
    optimizer.restore(state);
  } catch (error) {
    // The optimizer knows of no file.
    (error as Error).message += ` in ${name}`;
    throw error;
  }
  if (average !== undefined) average.restore(averageState!);
  for (const { tensor, data } of matches) tensor.set(data);
  return state.steps;
}

const FORMAT = "gradus-torch";

function readSteps(file: string, text: string | undefined): number {
  if (text !== undefined && /^\d{1,15}$/.test(text)) return Number(text);
  refuse(file, "its metadata must count steps", { found: text });
}

function readUpdates(file: string, text: string | undefined): Map<string, number> {
  let counts: unknown;
  try {
    counts = JSON.parse(text ?? "");
  } catch (cause) {
    refuse(file, "its metadata updates must be JSON", { found: text, cause });
  }
  if (typeof counts !== "object" || counts === null) {
    refuse(file, "its metadata updates must be an object", { found: text });
  }
  return new Map(Object.entries(counts));
}

function refuse(
  file: string,
  requirement: string,
  { found, cause }: { readonly found: string | undefined; readonly cause?: unknown },
): never {
  throw new SyntaxError(
    `Cannot go on from ${file} as ${requirement}: found ${
      found === undefined ? "none" : JSON.stringify(found).slice(0, 80)
    }`,
    { cause },
  );
}
