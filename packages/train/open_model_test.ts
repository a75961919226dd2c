import {
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Flatten,
  type LayerRecord,
  Relu,
  Residual,
  Sequential,
} from "@gradus/layers";
import { Sgd } from "@gradus/optim";
import { random } from "@gradus/random";
import { encodeSafetensors, type NamedArray } from "@gradus/safetensors";
import { tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  encodeCheckpoint,
  encodeModel,
  openModel,
  restoreModel,
  save,
  WeightAverage,
} from "./mod.ts";

const backend = reference();

/** A network with states of each kind, run once so that none is what it starts as. */
function trained(): Sequential {
  const convolution = () => new Conv2d(2, { kernel: 3, padding: "same" });
  const model = new Sequential([
    convolution(),
    new BatchNorm(),
    new Residual(new Sequential([convolution(), new Relu()])),
    new Flatten(),
    new Dropout(0.5),
    new Dense(3),
  ]);
  model.init([4, 5, 1], { backend, random: random(7) });
  const x = { data: Float32Array.from({ length: 40 }, (_, i) => i / 7), shape: [2, 4, 5, 1] };
  model.forward(tensor(backend, x.data, { shape: x.shape }), "train");
  return model;
}

/** A file with this record, of one dense layer's tensors. */
function fileOf(metadata: Record<string, string>): Uint8Array {
  const float32 = (shape: number[]): NamedArray => ({
    shape,
    data: new Float32Array(shape.reduce((size, length) => size * length, 1)),
  });
  return encodeSafetensors({ "0.weight": float32([2, 3]), "0.bias": float32([3]) }, { metadata });
}

const dense = { type: "dense", units: 3, bias: true } as const;

function modelOf(...layers: LayerRecord[]): string {
  return JSON.stringify({ type: "sequential", layers });
}

function refuses(metadata: Record<string, string>, kind: ErrorConstructor, message: string): void {
  const bytes = fileOf(metadata);
  const error = assertThrows(() => restoreModel(bytes, { backend, name: "a.safetensors" }), kind);
  assertEquals(error.message, message);
}

describe("restoreModel()", () => {
  it("makes the model anew: layers, shapes, parameters and states", async () => {
    const model = trained();
    const bytes = await encodeModel(model);
    const restored = restoreModel(bytes, { backend });
    assertEquals(restored.toJSON(), model.toJSON());
    assertEquals(restored.inputShape, [4, 5, 1]);
    assertEquals(await encodeModel(restored), bytes);
  });

  it("makes the model of a checkpoint, which has more than that", async () => {
    const model = trained();
    const optimizer = new Sgd(model.parameters, { learningRate: 0.1, momentum: 0.9 });
    const average = new WeightAverage(model, { decay: 0.5 });
    const bytes = await encodeCheckpoint({ model, optimizer, average, epoch: 3 });
    assertEquals(await encodeModel(restoreModel(bytes, { backend })), await encodeModel(model));
  });

  it("takes the shape of inputs where the file does not say it", () => {
    const bytes = fileOf({ model: modelOf(dense) });
    assertEquals(restoreModel(bytes, { backend, inputShape: [2] }).inputShape, [2]);
  });

  it("refuses a file without the record of a model", () => {
    refuses(
      {},
      SyntaxError,
      "Cannot make a model of a.safetensors as its metadata must hold the record of one: found none",
    );
    refuses(
      { model: "{" },
      SyntaxError,
      "Cannot read a.safetensors as its metadata model must be JSON: found {",
    );
    refuses(
      { model: "null", inputShape: "[2]" },
      TypeError,
      "Cannot make a model as its record must be sequential with a list of layers: found null in a.safetensors",
    );
  });

  it("refuses a shape that no input has", () => {
    const model = modelOf(dense);
    refuses(
      { model },
      SyntaxError,
      "Cannot make a model of a.safetensors as its metadata inputShape must be a list of lengths: found none",
    );
    const wrong = ["7", "[]", "[0]", "[1.5]", "[-2]", '["2"]', "[1e300]", "[1,1,1,1,1,1,1,1,1]"];
    for (const inputShape of [...wrong, "{}", "null"]) {
      refuses(
        { model, inputShape },
        SyntaxError,
        `Cannot make a model of a.safetensors as its metadata inputShape must be a list of lengths: found ${inputShape}`,
      );
    }
  });

  it("refuses a record whose tensors are not those of the file, before it makes any", () => {
    refuses(
      { model: modelOf({ ...dense, units: 1e9 }), inputShape: "[2]" },
      TypeError,
      "Cannot load 0.weight from a.safetensors as its shape must be [2, 1000000000]: found [2, 3]",
    );
    refuses(
      { model: modelOf(dense), inputShape: "[1000000000]" },
      TypeError,
      "Cannot load 0.weight from a.safetensors as its shape must be [1000000000, 3]: found [2, 3]",
    );
    refuses(
      { model: modelOf(dense, { ...dense, units: 1e9 }), inputShape: "[2]" },
      TypeError,
      "Cannot load 1.weight from a.safetensors as its shape must be [3, 1000000000]: found none",
    );
    refuses(
      { model: modelOf({ ...dense, bias: false }), inputShape: "[2]" },
      TypeError,
      "Cannot load a.safetensors as it must have the model's tensors and no other: found missing none, extra 0.bias",
    );
  });
});

describe("openModel()", () => {
  it("reads a file, and names it", async () => {
    const path = `${await Deno.makeTempDir()}/model.safetensors`;
    const model = trained();
    await save(model, path);
    assertEquals(await encodeModel(await openModel(path, { backend })), await encodeModel(model));
    await Deno.writeFile(path, new Uint8Array(5));
    const error = await assertRejects(() => openModel(path, { backend }), SyntaxError);
    assertEquals(
      error.message,
      `Cannot decode ${path} as it must start with the 8 bytes of a length: found its end at byte 5`,
    );
  });
});
