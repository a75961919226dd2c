import type { Sequential } from "@gradus/layers";
import { type NumericArray, type Shape, sizeOf } from "@gradus/tensor";
import type { Node } from "./_node.ts";
import { INPUT, writeNodes } from "./_write_nodes.ts";

/** What {@linkcode exportLayersModel} writes. */
export interface ExportLayersModelOptions {
  /** The model, initialised; each of its layers has `toJSON`. */
  readonly model: Sequential;
}

/** The largest file of weights; browsers keep files of this size, tfjs's own, in their caches. */
const SHARD_BYTES = 4 * 2 ** 20;

/**
 * A model as the files of a LayersModel of TensorFlow.js: `model.json`, and its weights in files of at most
 * 4 MiB, `group1-shard1of2.bin` and so on.
 *
 * `tf.loadLayersModel` reads them. A model with residuals becomes a functional one with `Add`, any other a
 * `Sequential`; layers are named after their kind and place, as in `dense_3_branch_0`. The numbers are those
 * of the moment of the call.
 *
 * @param options The model.
 * @returns Contents by name of file; the same model gives the same.
 * @throws {TypeError} If tfjs has no such layer, naming all of them: an arctan, an elu with an alpha that is
 * not 1, a convolution with groups that are not single channels or with both stride and dilation, a pool with
 * a number as padding, a frozen scale that is not 1; or if a layer of the user's own has no `toJSON`.
 * @throws {Error} If the model is not initialised.
 *
 * @example
 * ```ts
 * import { Dense, Relu, Sequential } from "@gradus/layers";
 * import { exportLayersModel } from "@gradus/layers-model";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const model = new Sequential([new Dense(16), new Relu(), new Dense(3)]);
 * model.init([4], { backend: reference(), random: random(0) });
 * const files = await exportLayersModel({ model });
 *
 * assertEquals([...files.keys()], ["model.json", "group1-shard1of1.bin"]);
 * assertEquals(files.get("group1-shard1of1.bin")!.length, 4 * (4 * 16 + 16 + 16 * 3 + 3));
 * ```
 */
export async function exportLayersModel(
  options: ExportLayersModelOptions,
): Promise<Map<string, Uint8Array | string>> {
  const { model } = options;
  const record = model.toJSON();
  const { inputShape } = model;
  if (inputShape.length === 0) {
    throw new Error("Cannot write a LayersModel as the model must be initialised: call init first");
  }
  const trainable = new Map(model.parameters.map(({ name, trainable }) => [name, trainable]));
  const values = await valuesOf(model);
  const nodes = writeNodes(record, {
    inputShape,
    isOnes: (name) => values.get(name)!.every((value) => value === 1),
    isTrainable: (name) => trainable.get(name) ?? false,
  });
  const { bytes, weights } = concatenate(nodes, values);
  const count = Math.max(Math.ceil(bytes.length / SHARD_BYTES), 1);
  const shards = Array.from({ length: count }, (_, i): [string, Uint8Array] => [
    `group1-shard${i + 1}of${count}.bin`,
    bytes.slice(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
  ]);
  const hasSums = nodes.some(({ className }) => className === "Add");
  const json = {
    format: "layers-model",
    generatedBy: "@gradus/layers-model",
    convertedBy: null,
    modelTopology: {
      ...hasSums ? functional(nodes, inputShape) : sequential(nodes, inputShape),
      ...{ keras_version: "tfjs-layers 4.22.0", backend: "tensor_flow.js" },
    },
    weightsManifest: [{ paths: shards.map(([name]) => name), weights }],
  };
  return new Map<string, Uint8Array | string>([
    ["model.json", `${JSON.stringify(json)}\n`],
    ...shards,
  ]);
}

async function valuesOf({ parameters, state }: Sequential): Promise<Map<string, NumericArray>> {
  const tensors = state.flatMap(({ name, value }) =>
    typeof value === "number" ? [] : [{ name, value }]
  );
  return new Map(
    await Promise.all(
      [...parameters, ...tensors].map(async ({ name, value }): Promise<[string, NumericArray]> => [
        name,
        await value.data(),
      ]),
    ),
  );
}

function sequential(nodes: readonly Node[], inputShape: Shape): object {
  const layers = nodes.map(({ className, config }, place) => ({
    class_name: className,
    config: place === 0 ? { ...config, batch_input_shape: [null, ...inputShape] } : config,
  }));
  return { class_name: "Sequential", config: { name: "sequential", layers } };
}

function functional(nodes: readonly Node[], inputShape: Shape): object {
  const input = {
    name: INPUT,
    class_name: "InputLayer",
    config: {
      name: INPUT,
      batch_input_shape: [null, ...inputShape],
      dtype: "float32",
      sparse: false,
    },
    inbound_nodes: [],
  };
  const layers = nodes.map(({ className, config, inputs }) => ({
    name: config.name,
    class_name: className,
    config,
    inbound_nodes: [inputs.map((name) => [name, 0, 0, {}])],
  }));
  return {
    class_name: "Model",
    config: {
      name: "model",
      layers: [input, ...layers],
      input_layers: [[INPUT, 0, 0]],
      output_layers: [[nodes.at(-1)!.config.name, 0, 0]],
    },
  };
}

/** All weights one behind the other, as little-endian float32, and what they are. */
function concatenate(
  nodes: readonly Node[],
  values: ReadonlyMap<string, NumericArray>,
): { readonly bytes: Uint8Array; readonly weights: object[] } {
  const all = nodes.flatMap(({ config, weights }) =>
    weights.map((weight) => ({ ...weight, name: `${config.name}/${weight.role}` }))
  );
  const floats = new DataView(
    new ArrayBuffer(4 * all.reduce((sum, { shape }) => sum + sizeOf(shape), 0)),
  );
  let byte = 0;
  for (const { own } of all) {
    for (const value of values.get(own)!) {
      floats.setFloat32(byte, value, true);
      byte += 4;
    }
  }
  return {
    bytes: new Uint8Array(floats.buffer),
    weights: all.map(({ name, shape }) => ({ name, shape, dtype: "float32" })),
  };
}
