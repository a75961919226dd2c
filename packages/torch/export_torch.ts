import { iris } from "@gradus/data/iris";
import type { Sequential } from "@gradus/layers";
import { encodeSafetensors, type NamedArray } from "@gradus/safetensors";
import { checkTraining } from "./_check_training.ts";
import { modelPy } from "./_model_py.ts";
import { placeModel } from "./_placed_layer.ts";
import { type TorchTensor, torchTensors, toTorch } from "./_torch_tensor.ts";
import { IRIS_FILE } from "./_train_data.ts";
import { trainPy } from "./_train_py.ts";
import { type FileTensor, modelTensors, trainingTensors } from "./_training_tensors.ts";
import type { TrainingRecord } from "./training_record.ts";
import type { TrainingState } from "./training_state.ts";

/** What {@linkcode exportTorch} writes. */
export interface ExportTorchOptions {
  /** The model, initialised; each of its layers has `toJSON`. */
  readonly model: Sequential;
  /** How it is trained, and how far that is. Default: none; the model is written alone. */
  readonly training?: TrainingState & {
    /** The settings; from a file by `trainingFromJson`. */
    readonly record: TrainingRecord;
  };
}

/**
 * A model, and a training of it, as files for PyTorch by their names:
 *
 * - `model.safetensors`: a state dict, in PyTorch's names and layouts;
 * - `model.py`: the network by `torch.nn`, and a reader of its own, which needs no package but torch;
 *
 * and with a training
 *
 * - `training.safetensors`: weights, averages, what the optimizer keeps, and the rows that are trained on;
 * - `train_ddp.py`: a program for `torchrun` that goes on with the training, in any number of processes;
 * - `iris.csv` if it trains on the built-in flowers.
 *
 * Convolution kernels become `[filters, channels / groups, height, width]`, dense weights `[units, in]`. A
 * dense layer behind a flatten gets its inputs in PyTorch's order, channels first, so that `nn.Flatten` can
 * precede it. What the optimizer keeps of a parameter goes the same way. The program takes the same rows in
 * the same order, with the same random numbers for what changes images, but its own for dropout. The numbers
 * are those of the moment of the call.
 *
 * @param options The model, and perhaps the training.
 * @returns Contents by name of file; the same model gives the same.
 * @throws {TypeError} If a layer of the user's own has no `toJSON`, an input is neither row nor image, or
 * the record is not of this model and this optimizer.
 * @throws {Error} If the model is not initialised.
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
  const { model, training } = options;
  const placed = placeModel(model);
  const layouts = torchTensors(placed);
  const steps = training?.optimizer.steps ?? 0;
  // All numbers are asked for before the first wait, so that they are of the same step.
  const [tensors, trainingFiles] = await Promise.all([
    readAll(modelTensors(layouts, model)),
    training === undefined ? [] : exportTraining(layouts, { ...training, model }),
  ]);
  const state = withCounts(tensors, steps);
  return new Map<string, Uint8Array | string>([
    ["model.safetensors", encodeSafetensors(state, { metadata: { format: "pt" } })],
    ["model.py", modelPy(placed)],
    ...trainingFiles,
  ]);
}

async function exportTraining(
  layouts: readonly TorchTensor[],
  training: Required<ExportTorchOptions>["training"] & { readonly model: Sequential },
): Promise<[string, Uint8Array | string][]> {
  const { record, model, optimizer, average } = training;
  checkTraining(record, training);
  const saved = optimizer.save();
  const averageSteps = average?.save().steps;
  const frozen = new Set([
    ...record.frozen,
    ...model.parameters.filter(({ trainable }) => !trainable).map(({ name }) => name),
  ]);
  const moved = new Map(saved.parameters.map(({ name, updates }) => [name, updates]));
  for (const { name } of model.parameters) if (!moved.has(name)) frozen.add(name);
  const names = new Map(layouts.map(({ own, name }) => [own, name]));
  const tensors = await readAll(trainingTensors(layouts, training, saved));
  tensors.set("rows", { shape: [record.rows.length], data: Int32Array.from(record.rows) });
  const metadata = {
    format: "gradus-torch",
    steps: `${saved.steps}`,
    updates: JSON.stringify(Object.fromEntries(
      model.parameters.map(({ name }) => [names.get(name)!, moved.get(name) ?? 0]),
    )),
    ...averageSteps === undefined ? {} : { average_steps: `${averageSteps}` },
  };
  const program = trainPy(record, {
    frozen,
    torchName: (own) => names.get(own)!,
    hasBatchNorm: layouts.some(({ name }) => name.endsWith(RUNNING)),
  });
  const { data } = record;
  return [
    ["training.safetensors", encodeSafetensors(tensors, { metadata })],
    ["train_ddp.py", program],
    ...data.type === "iris" && data.file === null
      ? [[IRIS_FILE, irisCsv()] as [string, string]]
      : [],
  ];
}

const RUNNING = ".running_mean";
const COUNT = ".num_batches_tracked";

/** Reads all tensors, as they are when called, and lays them out as PyTorch does. */
async function readAll(tensors: readonly FileTensor[]): Promise<Map<string, NamedArray>> {
  return new Map(
    await Promise.all(
      tensors.map(async ({ name, value, layout }): Promise<[string, NamedArray]> => [
        name,
        { shape: layout.shape, data: toTorch(await value.data(), layout) },
      ]),
    ),
  );
}

/** A state dict with the counts of batches that PyTorch keeps beside running statistics. */
function withCounts(
  tensors: ReadonlyMap<string, NamedArray>,
  steps: number,
): Map<string, NamedArray> {
  const state = new Map(tensors);
  for (const name of tensors.keys()) {
    if (!name.endsWith(RUNNING)) continue;
    const count = `${name.slice(0, -RUNNING.length)}${COUNT}`;
    state.set(count, { shape: [], data: new BigInt64Array([BigInt(steps)]) });
  }
  return state;
}

/** The built-in flowers as the text of a CSV file. */
function irisCsv(): string {
  const { x, y, classes } = iris();
  const rows = Array.from(y.data, (label, row) => {
    // As they are printed, with one decimal, rather than as float32 has them.
    const measures = [...x.data.subarray(4 * row, 4 * row + 4)].map((value) => value.toFixed(1));
    return `${[...measures, classes[label]].join(",")}\n`;
  });
  return `sepal_length,sepal_width,petal_length,petal_width,species\n${rows.join("")}`;
}
