import {
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Flatten,
  GlobalMaxPool2d,
  layerFromJson,
  type LayerRecord,
  layerShapes,
  MaxPool2d,
  Relu,
  Residual,
  Sequential,
} from "@gradus/layers";
import { oneCycle, Sgd } from "@gradus/optim";
import { random } from "@gradus/random";
import { decodeSafetensors, encodeSafetensors } from "@gradus/safetensors";
import { reference } from "@gradus/tensor/reference";
import {
  decodeCheckpoint,
  encodeCheckpoint,
  encodeModel,
  restoreModel,
  WeightAverage,
} from "@gradus/train";
import { assert, assertEquals } from "@std/assert";
import { bytesOf, fuzzedFormat, JSON_TOKENS } from "./fuzzed_format.ts";
import { readJson } from "./read_json.ts";

const backend = reference();

// safetensors

const FILE = "x.safetensors";

/** A file of a header and so many bytes of data. */
function safetensors(header: string, dataBytes = 0): Uint8Array {
  const text = bytesOf(header);
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (shape: string, offsets: string, dtype = "F32") =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;

const goodSafetensors = [
  encodeSafetensors({ a: { shape: [2], data: new Float32Array(2) } }, { metadata: { k: "v" } }),
  encodeSafetensors({
    b: { shape: [], data: new BigInt64Array(1) },
    "0.weight": { shape: [1, 3], data: new Uint8Array(3) },
  }),
  safetensors("{}"),
  safetensors(`{"__metadata__":{},"a":${entry("[0]", "[0,0]")}} `),
  safetensors(`{"__proto__":${entry("[1]", "[0,4]")}}`, 4),
];

const badSafetensors = {
  ...Object.fromEntries(
    Array.from({ length: 8 }, (_, length) => [`of ${length} bytes`, new Uint8Array(length)]),
  ),
  "with a header longer than the file": safetensors("{}").slice(0, -1),
  "with a header of 2^64 - 1 bytes": new Uint8Array([...new Uint8Array(8).fill(255), 123, 125]),
  "that is not UTF-8": new Uint8Array([3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff, 0x7d]),
  "that is no object": safetensors("[]"),
  "with a tensor twice": safetensors(
    `{"a":${entry("[1]", "[0,4]")},"a":${entry("[1]", "[0,4]")}}`,
    4,
  ),
  "with a negative offset": safetensors(`{"a":${entry("[1]", "[-4,0]")}}`, 4),
  "with a fractional offset": safetensors(`{"a":${entry("[1]", "[0.5,4.5]")}}`, 5),
  "with reversed offsets": safetensors(`{"a":${entry("[1]", "[4,0]")}}`, 4),
  "with overlapping tensors": safetensors(
    `{"a":${entry("[2]", "[0,8]")},"b":${entry("[2]", "[4,12]")}}`,
    12,
  ),
  "with a hole": safetensors(`{"a":${entry("[1]", "[4,8]")}}`, 8),
  "with a tail": safetensors(`{"a":${entry("[1]", "[0,4]")}}`, 5),
  "with fewer bytes than its shape": safetensors(`{"a":${entry("[2]", "[0,4]")}}`, 4),
  "with an unknown type": safetensors(`{"a":${entry("[1]", "[0,4]", "F3")}}`, 4),
  "with a shape of 2^53 numbers": safetensors(`{"a":${entry(`[${2 ** 53}]`, "[0,4]")}}`, 4),
};

const safetensorsTokens = [
  ...JSON_TOKENS,
  ...['"dtype":', '"shape":', '"data_offsets":', '"__metadata__":', '"F64"', '"BOOL"', '"F8_E4M3"'],
  ...["[0,4]", "[0,9007199254740991]", " ", "\xff\xff\xff\xff\xff\xff\xff\x7f"],
];

export const safetensorsFormat = fuzzedFormat({
  name: "safetensors",
  ...{ good: goodSafetensors, bad: badSafetensors, tokens: safetensorsTokens, file: FILE },
  read: (bytes) => decodeSafetensors(bytes, { name: FILE }),
  check: ({ tensors, metadata }, bytes) => {
    const header = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const sizes = [...tensors.values()].map(({ data }) => data.byteLength);
    assertEquals(sizes.reduce((sum, size) => sum + size, 8 + header), bytes.length);
    const again = decodeSafetensors(encodeSafetensors(tensors, { metadata }));
    assertEquals(new Map([...again.tensors].sort()), new Map([...tensors].sort()));
    assertEquals(again.metadata, metadata);
  },
});

/** The header alone: what is done to it changes its length too, which would hide all else. */
export const safetensorsHeaderFormat = fuzzedFormat({
  name: "header of safetensors",
  good: [
    bytesOf(`{"a":${entry("[3]", "[0,12]")}}`),
    bytesOf(
      `{"b":${entry("[2]", "[0,4]", "I16")},"__metadata__":{"k":"v"},"a":${
        entry("[1,2]", "[4,12]")
      }}`,
    ),
  ],
  ...{ bad: {}, tokens: safetensorsTokens, file: FILE },
  read: (bytes) => {
    const file = new Uint8Array(8 + bytes.length + 12);
    new DataView(file.buffer).setBigUint64(0, BigInt(bytes.length), true);
    file.set(bytes, 8);
    return decodeSafetensors(file, { name: FILE });
  },
  check: ({ tensors }) => {
    const sizes = [...tensors.values()].map(({ data }) => data.byteLength);
    assertEquals(sizes.reduce((sum, size) => sum + size, 0), 12);
  },
});

// Models

function init(model: Sequential, inputShape: readonly number[]): Sequential {
  model.init(inputShape, { backend, random: random(0) });
  return model;
}

const models = [
  init(new Sequential([new Dense(2), new Relu(), new Dropout(0.5), new Dense(3)]), [2]),
  init(
    new Sequential([
      new Conv2d(2, { kernel: 3, padding: "same" }),
      new Residual(new Sequential([new BatchNorm(), new Conv2d(2, { kernel: 1, bias: false })])),
      new MaxPool2d(2),
      new Flatten(),
      new Dense(2),
    ]),
    [2, 2, 1],
  ),
  init(new Sequential([new Conv2d(1, { kernel: [1, 2], stride: 2 }), new GlobalMaxPool2d()]), [
    2,
    3,
    2,
  ]),
];

const goodModels = await Promise.all(models.map(encodeModel));

/** The first model's file with another record, or another input. */
function withMetadata(change: Record<string, string>): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(goodModels[0]!);
  const changed = Object.fromEntries([...metadata, ...Object.entries(change)]);
  return encodeSafetensors(tensors, { metadata: changed });
}

const nested = (depth: number) =>
  `${'{"type":"sequential","layers":['.repeat(depth)}{"type":"relu"}${"]}".repeat(depth)}`;

const badModels = {
  "without a record": goodSafetensors[0]!,
  "of a record that is no JSON": withMetadata({ model: "{" }),
  "of a layer that is none": withMetadata({
    model: '{"type":"sequential","layers":[{"type":"constructor"}]}',
  }),
  "of layers in a thousand others": withMetadata({ model: nested(1000) }),
  "of a billion units": withMetadata({
    model: '{"type":"sequential","layers":[{"type":"dense","units":1000000000,"bias":true}]}',
  }),
  "of a billion inputs": withMetadata({ inputShape: "[1000000000]" }),
  "with numbers that are none": withMetadata({ numbers: '{"2.step":"x"}' }),
};

const recordTokens = [
  ...JSON_TOKENS,
  ...['{"type":"relu"}', '{"type":"flatten"}', '{"type":"sequential","layers":[', "]}", '"same"'],
  ...['"type":', '"units":', '"bias":', '"layers":', '"branch":', '"shortcut":', "[1,1]"],
  ...['"kernel":', '"stride":', '"padding":', '"valid"', '"groups":', "4294967295", "1e-9"],
];

export const modelFormat = fuzzedFormat({
  name: "model",
  ...{ good: goodModels, bad: badModels, file: FILE },
  tokens: [...recordTokens, ...safetensorsTokens],
  read: (bytes) => restoreModel(bytes, { backend, name: FILE }),
  check: checkModel,
});

async function checkModel(model: Sequential): Promise<void> {
  const bytes = await encodeModel(model);
  assertEquals(await encodeModel(restoreModel(bytes, { backend })), bytes);
}

/** The record alone, put beside the tensors of the second model. */
export const modelRecordFormat = fuzzedFormat({
  name: "record of a model",
  good: [bytesOf(JSON.stringify({ model: models[1]!, inputShape: [2, 2, 1] }))],
  bad: {},
  tokens: recordTokens,
  file: FILE,
  read: (bytes) => {
    const { tensors } = decodeSafetensors(goodModels[1]!);
    const { model, inputShape } = (readJson(bytes, FILE) ?? {}) as Record<string, unknown>;
    const metadata = {
      model: `${JSON.stringify(model)}`,
      inputShape: `${JSON.stringify(inputShape)}`,
    };
    return restoreModel(encodeSafetensors(tensors, { metadata }), { backend, name: FILE });
  },
  check: checkModel,
});

export const layerRecordFormat = fuzzedFormat({
  name: "layer as JSON",
  good: models.map((model) => bytesOf(JSON.stringify(model))),
  bad: {
    null: bytesOf("null"),
    "of the type __proto__": bytesOf('{"__proto__":{"type":"relu"}}'),
    "of a fractional size": bytesOf('{"type":"dense","units":0.5,"bias":true}'),
    "in a thousand others": bytesOf(nested(1000)),
  },
  tokens: recordTokens,
  file: "",
  read: (bytes) => {
    const record = readJson(bytes) as LayerRecord;
    const layer = layerFromJson(record);
    for (const shape of [[2], [2, 2, 1]]) shapesOf(record, shape);
    return layer;
  },
  check: (layer) => {
    const text = JSON.stringify(layer);
    assertEquals(JSON.stringify(layerFromJson(JSON.parse(text))), text);
  },
});

/** Shapes for inputs that may be none of this layer. */
function shapesOf(record: LayerRecord, inputShape: readonly number[]): void {
  try {
    layerShapes(record, inputShape);
  } catch (error) {
    const isTyped = error instanceof TypeError || error instanceof RangeError;
    if (!isTyped || !/^Cannot [^]+ as [^]+: [^]+$/.test(error.message)) throw error;
  }
}

// Checkpoints

const trainedModel = init(
  new Sequential([new Dense(2), new BatchNorm(), new Dropout(0.5), new Dense(3)]),
  [2],
);
const training = {
  model: trainedModel,
  optimizer: new Sgd(trainedModel.parameters, {
    learningRate: oneCycle({ peak: 0.1, steps: 9 }),
    momentum: 0.9,
  }),
  average: new WeightAverage(trainedModel, { decay: 0.5, lookahead: true }),
};
const goodCheckpoint = await encodeCheckpoint({ ...training, epoch: 3 });

function withCheckpoint(change: (record: Record<string, unknown>) => unknown): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(goodCheckpoint);
  const record = change(JSON.parse(metadata.get("checkpoint")!));
  return encodeSafetensors(tensors, {
    metadata: { ...Object.fromEntries(metadata), checkpoint: JSON.stringify(record) },
  });
}

/** A training that is as it was; or else what was refused has changed it. */
async function assertUnchanged(): Promise<void> {
  assertEquals(await encodeCheckpoint({ ...training, epoch: 3 }), goodCheckpoint, "unchanged");
}

async function checkEpoch(epoch: number): Promise<void> {
  assert(Number.isSafeInteger(epoch) && epoch >= 0);
  const bytes = await encodeCheckpoint({ ...training, epoch });
  assertEquals(decodeCheckpoint(bytes, training), epoch);
  decodeCheckpoint(goodCheckpoint, training);
}

/** The record alone, put beside the tensors of the checkpoint. */
export const checkpointRecordFormat = fuzzedFormat({
  name: "record of a checkpoint",
  share: 0.2,
  good: [bytesOf(decodeSafetensors(goodCheckpoint).metadata.get("checkpoint")!)],
  bad: {},
  tokens: [
    ...JSON_TOKENS,
    ...['"epoch":', '"optimizer":', '"others":', '"steps":', '"kind":', '"average":', '"updates":'],
    ...['"stopping":', '"slots":', '"parameters":', '"shape":'],
  ],
  file: FILE,
  read: (bytes) => {
    const { tensors, metadata } = decodeSafetensors(goodCheckpoint);
    const checkpoint = new TextDecoder().decode(bytes);
    const file = encodeSafetensors(tensors, {
      metadata: { ...Object.fromEntries(metadata), checkpoint },
    });
    return decodeCheckpoint(file, training, { name: FILE });
  },
  ...{ check: checkEpoch, settle: assertUnchanged },
});

export const checkpointFormat = fuzzedFormat({
  name: "checkpoint",
  good: [goodCheckpoint],
  bad: {
    "that is a model": goodModels[0]!,
    "of no epoch": withCheckpoint((record) => ({ ...record, epoch: -1 })),
    "of a fractional step": withCheckpoint((record) => ({ ...record, average: { steps: 0.5 } })),
    "without an optimizer": withCheckpoint((record) => ({ ...record, optimizer: null })),
    "of another kind of optimizer": withCheckpoint((record) => ({
      ...record,
      optimizer: { ...record["optimizer"] as object, kind: "adam" },
    })),
    "of an average too few": withCheckpoint((record) => ({ ...record, average: null })),
    "that is null": withCheckpoint(() => null),
  },
  tokens: [
    ...safetensorsTokens,
    ...['\\"epoch\\":', '\\"optimizer\\":', '\\"others\\":', '\\"steps\\":', '\\"kind\\":', "\\"],
    ...['\\"average\\":', '\\"stopping\\":', '\\"updates\\":', '"checkpoint":', '"numbers":'],
  ],
  file: FILE,
  read: (bytes) => decodeCheckpoint(bytes, training, { name: FILE }),
  ...{ share: 0.2, check: checkEpoch, settle: assertUnchanged },
});
