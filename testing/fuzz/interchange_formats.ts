import { Conv2d, Dense, Flatten, Relu, Residual, Sequential } from "@gradus/layers";
import { exportLayersModel, importLayersModel } from "@gradus/layers-model";
import { decodeOnnx, encodeOnnx } from "@gradus/onnx";
import { Adam } from "@gradus/optim";
import { random } from "@gradus/random";
import { decodeSafetensors, encodeSafetensors } from "@gradus/safetensors";
import { reference } from "@gradus/tensor/reference";
import { exportTorch, importTorch, importTorchTraining } from "@gradus/torch";
import { assertEquals } from "@std/assert";
import { bytesOf, fuzzedFormat, JSON_TOKENS } from "./fuzzed_format.ts";

const backend = reference();

function init(model: Sequential, inputShape: readonly number[]): Sequential {
  model.init(inputShape, { backend, random: random(0) });
  return model;
}

const models = [
  init(new Sequential([new Dense(2), new Relu(), new Dense(3)]), [2]),
  init(
    new Sequential([
      new Conv2d(2, { kernel: 3, padding: "same" }),
      new Residual(new Sequential([new Conv2d(2, { kernel: 1, bias: false })])),
      new Flatten(),
      new Dense(2),
    ]),
    [2, 2, 1],
  ),
];

const goodOnnx = await Promise.all(models.map((model) => encodeOnnx(model)));

/** Files of PyTorch, whose graphs are read by their operators. */
const torchOnnx = ["activations", "convolutions", "image", "perceptron", "residual"].map((name) =>
  Deno.readFileSync(new URL(`../../packages/onnx/golden/${name}.onnx`, import.meta.url))
);

export const onnxFormat = fuzzedFormat({
  name: "ONNX",
  good: [...goodOnnx, ...torchOnnx],
  bad: {
    empty: new Uint8Array(),
    truncated: goodOnnx[0]!.slice(0, -1),
    "of a field that is longer than the file": new Uint8Array([0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    "of a number without an end": new Uint8Array([0x08, ...new Uint8Array(20).fill(0xff)]),
  },
  tokens: [
    ...["\x08\x08", "\x3a\x04", "\x0a", "\x12", "\x2a", "\xff\xff\xff\xff\x0f", "Gemm", "Conv"],
    ...["\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "0.weight", "__proto__", "\x80", "\x01"],
  ],
  file: "x.onnx",
  read: (bytes) => decodeOnnx(bytes, { backend, name: "x.onnx" }).model,
  check: async (model) => {
    const again = decodeOnnx(await encodeOnnx(model), { backend }).model;
    assertEquals(again.toJSON(), model.toJSON());
  },
});

/** The files of a LayersModel, of which `model.json` is another each time. */
const layersModels = await Promise.all(models.map((model) => exportLayersModel({ model })));
const shard = layersModels[1]!.get("group1-shard1of1.bin")!;

export const layersModelFormat = fuzzedFormat({
  name: "model.json of a LayersModel",
  good: layersModels.slice(1).map((files) => bytesOf(files.get("model.json") as string)),
  bad: {
    empty: new Uint8Array(),
    "of a file elsewhere": bytesOf(
      (layersModels[1]!.get("model.json") as string).replace("group1-shard1of1.bin", "../../x.bin"),
    ),
    "of other weights": bytesOf(layersModels[0]!.get("model.json") as string),
  },
  tokens: [
    ...JSON_TOKENS,
    ...['"class_name":', '"config":', '"Dense"', '"Add"', '"InputLayer"', '"units":', '"paths":'],
    ...[
      '"weightsManifest":',
      '"shape":',
      '"dtype":',
      '"inbound_nodes":',
      '"../x"',
      '"activation":',
    ],
  ],
  file: "LayersModel",
  read: (bytes) => {
    const files = new Map([["model.json", bytes], ["group1-shard1of1.bin", shard]]);
    return importLayersModel(files, { backend });
  },
  check: async (model) => {
    const files = await exportLayersModel({ model });
    assertEquals(importLayersModel(files, { backend }).toJSON(), model.toJSON());
  },
});

// PyTorch

const FILE = "x.safetensors";
const torchModel = models[1]!;
const torchWeights = (await exportTorch({ model: torchModel })).get(
  "model.safetensors",
) as Uint8Array;
const torchOptimizer = new Adam(torchModel.parameters, { learningRate: 0.1 });

/** All numbers of a training, and what the optimizer counts. */
async function torchState(): Promise<unknown> {
  const tensors = [...torchModel.parameters, ...torchOptimizer.slots];
  return [torchOptimizer.save(), ...await Promise.all(tensors.map(({ value }) => value.data()))];
}

/** A training's state after so many steps, with other texts beside its tensors. */
function torchTraining(changes: Readonly<Record<string, string>> = {}): Uint8Array {
  const { tensors } = decodeSafetensors(torchWeights);
  const names = [...tensors.keys()];
  const all = names.flatMap((name) =>
    ["model", "exp_avg", "exp_avg_sq"].map((part) => [`${part}.${name}`, tensors.get(name)!])
  );
  const updates = JSON.stringify(Object.fromEntries(names.map((name) => [name, 3])));
  return encodeSafetensors(
    {
      ...Object.fromEntries(all),
      rows: { shape: [2], data: new Int32Array([1, 0]) },
    },
    { metadata: { format: "gradus-torch", steps: "3", updates, ...changes } },
  );
}

const torchBefore = await torchState();
const assertUnchanged = async () => assertEquals(await torchState(), torchBefore);
/** Puts back what a file that was read has changed. */
const putBack = () => {
  const [state, ...numbers] = torchBefore as [ReturnType<Adam["save"]>, ...Float32Array[]];
  torchOptimizer.restore(state);
  [...torchModel.parameters, ...torchOptimizer.slots].forEach(({ value }, place) =>
    value.set(numbers[place]!)
  );
};
const torchTokens = [
  ...['"F32"', '"F64"', '"BF16"', '"shape":', '"data_offsets":', '"0.weight"', '"__metadata__":'],
  ...["model.", "exp_avg.", '"steps":"3"', '\\"0.weight\\":3', '"__proto__"', "\0\0\x80\x7f"],
];

export const torchWeightsFormat = fuzzedFormat({
  name: "weights of PyTorch",
  good: [torchWeights],
  bad: {
    empty: new Uint8Array(),
    truncated: torchWeights.slice(0, -4),
    "of another model": (await exportTorch({ model: models[0]! })).get(
      "model.safetensors",
    ) as Uint8Array,
    "of a training": torchTraining(),
  },
  ...{ tokens: torchTokens, file: FILE },
  read: (bytes) => importTorch(bytes, { model: torchModel, name: FILE }),
  check: putBack,
  settle: assertUnchanged,
});

export const torchTrainingFormat = fuzzedFormat({
  name: "training of PyTorch",
  good: [torchTraining()],
  bad: {
    "of weights alone": torchWeights,
    "of another format": torchTraining({ format: "pt" }),
    "of a fractional step": torchTraining({ steps: "0.5" }),
    "of fewer steps than updates": torchTraining({ steps: "2" }),
    "of no updates": torchTraining({ updates: "{}" }),
    "of updates that are no numbers": torchTraining({ updates: '{"0.weight":"3"}' }),
  },
  ...{ tokens: torchTokens, file: FILE },
  read: (bytes) =>
    importTorchTraining(bytes, { model: torchModel, optimizer: torchOptimizer, name: FILE }),
  check: (steps) => {
    assertEquals(torchOptimizer.steps, steps);
    putBack();
  },
  settle: assertUnchanged,
});
