import { assertClose, assertThrowsExactly } from "@gradus/testing";
import {
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Flatten,
  Gelu,
  type Layer,
  MaxPool2d,
  Relu,
  Residual,
  Sequential,
  Tanh,
} from "@gradus/layers";
import { random } from "@gradus/random";
import { decodeSafetensors, encodeSafetensors } from "@gradus/safetensors";
import { type Shape, ShapeError, tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import { exportTorch } from "./export_torch.ts";
import { importTorch } from "./import_torch.ts";

interface Numbers {
  readonly shape: Shape;
  readonly data: readonly number[];
}

const folder = `${import.meta.dirname}/golden`;
const goldens: Record<string, { readonly x: Numbers; readonly y: Numbers }> = JSON.parse(
  await Deno.readTextFile(`${folder}/models.json`),
);

/** On the way to an output, at most 60 additions of numbers of about 1 round by half of 2⁻²³ each. */
const ROUNDING = 60 * 2 ** -24;

/** The models of golden/models.py, with settings of Gradus. */
const MODELS: Record<string, () => Layer[]> = {
  rows: () => [
    ...[new Dense(7), new BatchNorm(), new Tanh(), new Dropout(0.5)],
    new Dense(3, { bias: false }),
  ],
  images: () => [
    new Conv2d(6, { kernel: [3, 2], stride: 2, padding: 1, groups: 2 }),
    ...[new BatchNorm({ momentum: 0.4 }), new Gelu(), new MaxPool2d(2, { stride: 1 })],
    ...[new Flatten(), new BatchNorm(), new Dense(3)],
  ],
  residual: () => [
    new Residual(
      [new Conv2d(3, { kernel: 3, padding: 1 }), new Relu(), new Conv2d(3, { kernel: 1 })],
      { shortcut: new Conv2d(3, { kernel: 1, bias: false }) },
    ),
    new Sequential([new Flatten(), new Dense(2)]),
  ],
};

const backend = reference();

function start(layers: readonly Layer[], inputShape: Shape): Sequential {
  const model = new Sequential(layers);
  model.init(inputShape, { backend, random: random(0) });
  return model;
}

describe("importTorch()", () => {
  for (const [name, { x, y }] of Object.entries(goldens)) {
    it(`reads what PyTorch wrote, and the model makes of inputs what PyTorch does: ${name}`, async () => {
      const model = start(MODELS[name]!(), x.shape.slice(1));
      const bytes = await Deno.readFile(`${folder}/${name}.safetensors`);
      importTorch(bytes, { model });
      const output = model.predict(tensor(backend, [...x.data], { shape: x.shape }));
      assertEquals(output.shape, y.shape);
      assertClose(await output.data(), y.data, ROUNDING);

      const files = await exportTorch({ model });
      const written = decodeSafetensors(files.get("model.safetensors") as Uint8Array).tensors;
      for (const [own, array] of decodeSafetensors(bytes).tensors) {
        assertEquals(written.get(own), array, own);
      }
    });
  }

  const small = () => start([new Dense(2), new BatchNorm()], [3]);
  const state = async (model: Sequential) => {
    const files = await exportTorch({ model });
    const { tensors } = decodeSafetensors(files.get("model.safetensors") as Uint8Array);
    return Object.fromEntries(tensors);
  };

  it("does without the counts of batches, and takes float64", async () => {
    const [model, copy] = [small(), small()];
    const { "1.num_batches_tracked": _, "0.weight": weight, ...tensors } = await state(model);
    const wide = {
      ...weight!,
      dtype: "F64",
      data: Float64Array.from(weight!.data as Float32Array),
    };
    importTorch(encodeSafetensors({ ...tensors, "0.weight": wide as typeof weight }), {
      model: copy,
    });
    assertEquals(await state(copy), await state(model));
  });

  it("refuses files that are not of the model, and changes nothing", async () => {
    const model = small();
    const tensors = await state(model);
    const before = await state(model);
    const refuse = (
      changed: Record<string, unknown>,
      errorClass: new (message: string) => Error,
      message: string,
    ) => {
      const present = Object.entries({ ...tensors, ...changed }).filter(([, value]) => value);
      const bytes = encodeSafetensors(Object.fromEntries(present) as typeof tensors);
      assertThrowsExactly(
        () => importTorch(bytes, { model, name: "a.safetensors" }),
        errorClass,
        message,
      );
    };
    const numbers = (...shape: number[]) => ({
      shape,
      data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
    });
    refuse(
      { "0.bias": undefined, "2.weight": numbers(1), "0.num_batches_tracked": numbers(1) },
      TypeError,
      "Cannot load a.safetensors as it must have the tensors that are expected and no other: " +
        "found missing 0.bias, extra 0.num_batches_tracked, 2.weight",
    );
    refuse(
      { "0.weight": numbers(3, 2) },
      ShapeError,
      "Cannot load 0.weight from a.safetensors as its shape must be [2, 3]: found [3, 2]",
    );
    refuse(
      { "0.bias": { shape: [2], data: new Uint16Array(2), dtype: "BF16" } },
      TypeError,
      "Cannot load 0.bias from a.safetensors as its type must be F32 or F64: found BF16",
    );
    assertThrowsExactly(
      () => importTorch(new Uint8Array(3), { model, name: "a.safetensors" }),
      SyntaxError,
      "Cannot decode a.safetensors as it must start with the 8 bytes of a length: found its end at byte 3",
    );
    assertEquals(await state(model), before);
  });

  it("takes or refuses any file with a typed error", async () => {
    const model = small();
    const files = await exportTorch({ model });
    const bytes = files.get("model.safetensors") as Uint8Array;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(bytes.length),
        (changes, length) => {
          const changed = bytes.slice(0, length % 7 === 0 ? length : bytes.length);
          for (const [place, value] of changes) changed[place] = value;
          try {
            importTorch(changed, { model });
          } catch (error) {
            const isTyped = error instanceof SyntaxError || error instanceof TypeError;
            if (!isTyped || !`${(error as Error).message}`.startsWith("Cannot ")) throw error;
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("refuses a model before init()", () => {
    const model = new Sequential([new Relu()]);
    const error = assertThrows(() => importTorch(encodeSafetensors({}), { model }), Error);
    assertEquals(
      error.message,
      "Cannot lay a model out for PyTorch as it must be initialised: call init first",
    );
  });
});
