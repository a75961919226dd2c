import { layerShapes, type Sequential, sequentialFromJson } from "@gradus/layers";
import { type Random, random } from "@gradus/random";
import { type Backend, equalShapes, formatShape, type Shape, type Tensor } from "@gradus/tensor";
import { readModelJson, readWeights } from "./_model_json.ts";
import { readGraph } from "./_read_graph.ts";
import { type BoundWeight, readTree } from "./_read_tree.ts";
import { refuse } from "./_refuse.ts";

/** What {@linkcode importLayersModel} takes beside the files. */
export interface ImportLayersModelOptions {
  /** Where the model shall live. */
  readonly backend: Backend;
  /** Where dropout gets its key from; weights come from the files. Default: `random(0)`. */
  readonly random?: Random;
}

/**
 * The model in the files of a LayersModel of TensorFlow.js or Keras: `model.json`, and the files of weights
 * that it names, which {@linkcode shardNames} lists.
 *
 * A `Sequential` is read, and a functional model of one input and one output whose layers follow one another
 * or meet again in an `Add`. Kinds of layers are those of a closed list; no class is looked up by a name from
 * the file, nothing is allocated that the file has not the bytes for, and a layer's name means nothing but
 * which weights are its own. An activation inside of a layer becomes a layer behind it. What is only of use to
 * Keras's training, such as initialisers and regularisers, is not looked at.
 *
 * @param files Contents by name of file; others than those that are needed are not looked at.
 * @param options The backend.
 * @returns A new model, initialised, whose `inputShape` is the file's.
 * @throws {SyntaxError} If a file is missing, breaks the format, or has other weights than its layers need.
 * @throws {TypeError} If Gradus has no such layer, or not with such settings, naming all of them.
 *
 * @example
 * ```ts
 * import { Dense, Sequential } from "@gradus/layers";
 * import { exportLayersModel, importLayersModel } from "@gradus/layers-model";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const model = new Sequential([new Dense(3)]);
 * model.init([4], { backend, random: random(0) });
 * const files = await exportLayersModel({ model });
 *
 * const copy = importLayersModel(files, { backend });
 * assertEquals(copy.inputShape, [4]);
 * assertEquals(await copy.parameters[0]!.value.data(), await model.parameters[0]!.value.data());
 * ```
 */
export function importLayersModel(
  files: ReadonlyMap<string, Uint8Array | string>,
  options: ImportLayersModelOptions,
): Sequential {
  const json = files.get("model.json");
  if (json === undefined) refuse("there must be a model.json", [...files.keys()].slice(0, 5));
  const { topology, groups } = readModelJson(bytesOf(json));
  const { inputShape, steps } = readGraph(topology);
  const { record, weights } = readTree(steps, inputShape);
  if (record.layers.length === 0) refuse("it must have layers", "none");

  const { parameters, state } = layerShapes(record, inputShape);
  const shapes = new Map([...parameters, ...state].map(({ name, shape }) => [name, shape]));
  const specs = new Map(
    groups.flatMap((group) => group.weights).map(({ name, shape }) => [name, shape]),
  );
  checkWeights(weights, { shapes, specs });
  // From here on as much memory is needed as the files have bytes.
  const values = readWeights(
    groups,
    new Map([...files].map(([name, file]) => [name, bytesOf(file)])),
  );

  const model = sequentialFromJson(record);
  model.init(inputShape, {
    backend: options.backend,
    random: options.random ?? random(0),
  });
  const tensors = new Map<string, Tensor>(model.parameters.map(({ name, value }) => [name, value]));
  for (const { name, value } of model.state) {
    if (typeof value !== "number") tensors.set(name, value);
  }
  for (const { name, own } of weights) tensors.get(own)!.set(values.get(name)!);
  const frozen = new Set(weights.flatMap(({ own, trainable }) => trainable ? [] : [own]));
  for (const parameter of model.parameters) {
    if (frozen.has(parameter.name)) parameter.trainable = false;
  }
  return model;
}

function bytesOf(contents: Uint8Array | string): Uint8Array {
  return typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
}

/** The file must have the weights of its layers, in their shapes, and no other. */
function checkWeights(
  weights: readonly BoundWeight[],
  { shapes, specs }: {
    readonly shapes: ReadonlyMap<string, Shape>;
    readonly specs: ReadonlyMap<string, Shape>;
  },
): void {
  const names = new Set(weights.map(({ name }) => name));
  const missing = [...names].filter((name) => !specs.has(name));
  const extra = [...specs.keys()].filter((name) => !names.has(name));
  if (missing.length > 0 || extra.length > 0) {
    refuse("it must have the weights of its layers and no other", {
      missing: missing.slice(0, 5),
      extra: extra.slice(0, 5),
    });
  }
  for (const { name, own, shape } of weights) {
    const wanted = shape ?? shapes.get(own)!;
    const found = specs.get(name)!;
    if (!equalShapes(found, wanted)) {
      refuse(`the shape of ${name} must be ${formatShape(wanted)}`, found);
    }
  }
}
