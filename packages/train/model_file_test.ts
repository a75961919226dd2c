import {
  type BackwardOptions,
  Dense,
  Dropout,
  type InitContext,
  type Layer,
  layerFromJson,
  type Parameter,
  Relu,
  Sequential,
  type State,
} from "@gradus/layers";
import { random } from "@gradus/random";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "@gradus/safetensors";
import { type FloatType, type Shape, type Tensor, tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decodeModel, encodeModel, load, save } from "./mod.ts";

function setUp(options: { seed?: number; dtype?: FloatType } = {}): Sequential {
  const { seed = 0, dtype = "float32" } = options;
  const model = new Sequential([new Dense(3), new Relu(), new Dropout(0.5), new Dense(2)]);
  model.init([2], { backend: reference({ dtype }), random: random(seed) });
  return model;
}

/** `y = x`, with an integer and no settings: a layer of the user's own. */
class Counter implements Layer {
  readonly parameters: readonly Parameter[] = [];
  state: readonly State[] = [];
  init(inputShape: Shape, { backend }: InitContext): Shape {
    this.state = [{ name: "count", value: tensor(backend, new Int32Array([0])) }];
    return inputShape;
  }
  forward(x: Tensor): Tensor {
    return x;
  }
  backward(dy: Tensor, _options?: BackwardOptions): Tensor {
    return dy;
  }
}

const float32 = (shape: number[], ...values: number[]): NamedArray => ({
  shape,
  data: new Float32Array(values),
});

/** A file for `new Dense(1)` on one input, but for what is given. */
function fileOf(
  tensors: Record<string, NamedArray>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const fitting = { weight: float32([1, 1], 5), bias: float32([1], 6) };
  return encodeSafetensors(
    new Map(Object.entries({ ...fitting, ...tensors }).filter(([, array]) => array !== undefined)),
    { metadata },
  );
}

function small(): Layer {
  const dense = new Dense(1);
  dense.init([1], { backend: reference(), random: random(0) });
  return dense;
}

describe("encodeModel() and decodeModel()", () => {
  it("bring every number back, in float32 and float64", async () => {
    for (const dtype of ["float32", "float64"] as const) {
      const [from, to] = [setUp({ dtype }), setUp({ seed: 1, dtype })];
      from.state[1]!.value = 17;
      const bytes = await encodeModel(from);
      assertNotEquals(await encodeModel(to), bytes);
      assertEquals(decodeModel(bytes, to), { missing: [], extra: [] });
      assertEquals(await encodeModel(to), bytes);
      assertEquals(to.state.map(({ value }) => value), from.state.map(({ value }) => value));
    }
  });

  it("round float64 to float32, and keep float32 in float64", async () => {
    const exact = setUp({ dtype: "float64" });
    const rounded = setUp({ seed: 1 });
    decodeModel(await encodeModel(exact), rounded);
    const [value] = await exact.parameters[0]!.value.data();
    assertEquals((await rounded.parameters[0]!.value.data())[0], Math.fround(value!));
    decodeModel(await encodeModel(rounded), exact);
    assertEquals((await exact.parameters[0]!.value.data())[0], Math.fround(value!));
  });

  it("give the same bytes for the same model, and take all of it at the moment of the call", async () => {
    assertEquals(await encodeModel(setUp()), await encodeModel(setUp()));
    const model = setUp();
    const bytes = encodeModel(model);
    model.forward(tensor(model.parameters[0]!.value.backend, [[1, 2]]));
    model.parameters[0]!.value.set([[9, 9, 9], [9, 9, 9]]);
    assertEquals(await bytes, await encodeModel(setUp()));
  });

  it("are a safetensors file like any other, with settings and numbers beside", async () => {
    const model = setUp();
    const { tensors, metadata } = decodeSafetensors(await encodeModel(model));
    assertEquals(
      [...tensors].map(([name, { dtype, shape }]) => [name, dtype, shape]),
      [
        ["0.bias", "F32", [3]],
        ["0.weight", "F32", [2, 3]],
        ["3.bias", "F32", [2]],
        ["3.weight", "F32", [3, 2]],
      ],
    );
    assertEquals(tensors.get("0.weight")!.data, await model.parameters[0]!.value.data());
    assertEquals([...metadata.keys()], ["format", "inputShape", "model", "numbers"]);
    assertEquals(metadata.get("format"), "gradus");
    assertEquals(JSON.parse(metadata.get("numbers")!), {
      "2.key": model.state[0]!.value,
      "2.step": 0,
    });
    const again = layerFromJson(JSON.parse(metadata.get("model")!));
    assertEquals(JSON.stringify(again), JSON.stringify(model));
  });

  it("keep layers of the user's own: integers among the states, no settings", async () => {
    const make = (count: number) => {
      const model = new Sequential([new Dense(1), new Counter()]);
      model.init([1], { backend: reference(), random: random(count) });
      (model.state[0]!.value as Tensor).set([count]);
      return model;
    };
    const [from, to] = [make(5), make(6)];
    const bytes = await encodeModel(from);
    assertEquals([...decodeSafetensors(bytes).metadata.keys()], ["format", "numbers"]);
    decodeModel(bytes, to);
    assertEquals(await (to.state[0]!.value as Tensor).item(), 5);
    assertEquals(await encodeModel(to), bytes);

    const { tensors } = decodeSafetensors(bytes);
    tensors.set("1.count", { shape: [1], data: new Float32Array([1]), dtype: "F32" });
    assertThrows(
      () => decodeModel(encodeSafetensors(tensors), to),
      TypeError,
      "Cannot load 1.count from the file as its type must be I32: found F32",
    );
  });

  it("pass on what goes wrong in a layer's settings", async () => {
    const model = Object.assign(small(), {
      toJSON() {
        throw new RangeError("of the layer's");
      },
    });
    await assertRejects(() => encodeModel(model), RangeError, "of the layer's");
  });

  it("take a file of another writer, without numbers", async () => {
    const model = setUp();
    const { tensors } = decodeSafetensors(await encodeModel(setUp({ seed: 1 })));
    const numbers = model.state.map(({ value }) => value);
    assertEquals(decodeModel(encodeSafetensors(tensors), model), { missing: [], extra: [] });
    assertEquals(model.state.map(({ value }) => value), numbers);
    assertEquals(
      await model.parameters[0]!.value.data(),
      await setUp({ seed: 1 }).parameters[0]!.value.data(),
    );
  });

  it("report what does not fit by name, if they need not be strict", async () => {
    const model = small();
    const file = encodeSafetensors({ weight: float32([1, 1], 5), other: float32([2], 1, 2) });
    assertEquals(decodeModel(file, model, { strict: false }), {
      missing: ["bias"],
      extra: ["other"],
    });
    const values = await Promise.all(model.parameters.map(({ value }) => value.item()));
    assertEquals(values, [5, 0]);
  });

  it("refuse what does not fit, and change nothing", async () => {
    const cases: [Uint8Array, new (message: string) => Error, string][] = [
      [
        fileOf({ bias: undefined! }),
        TypeError,
        "Cannot load f as it must have the model's tensors and no other: found missing bias, extra none",
      ],
      [
        fileOf(Object.fromEntries(
          [..."abcdefg"].map((name) => [name, float32([1], 1)]),
        )),
        TypeError,
        "Cannot load f as it must have the model's tensors and no other: found missing none, extra a, b, c, d, e and 2 more",
      ],
      [
        fileOf(
          JSON.parse(
            `{"__proto__": {"shape": [0], "data": []}}`,
            (key, value) => key === "data" ? new Float32Array(0) : value,
          ),
        ),
        TypeError,
        "Cannot load f as it must have the model's tensors and no other: found missing none, extra __proto__",
      ],
      [
        fileOf({ bias: float32([2], 1, 2) }),
        TypeError,
        "Cannot load bias from f as its shape must be [1]: found [2]",
      ],
      [
        fileOf({ bias: float32([], 1) }),
        TypeError,
        "Cannot load bias from f as its shape must be [1]: found []",
      ],
      [
        fileOf({ bias: { shape: [1], data: new Uint16Array(1), dtype: "F16" } }),
        TypeError,
        "Cannot load bias from f as its type must be F32 or F64: found F16",
      ],
      [
        fileOf({ bias: { shape: [1], data: new Int32Array(1) } }),
        TypeError,
        "Cannot load bias from f as its type must be F32 or F64: found I32",
      ],
      [
        fileOf({}, { numbers: "{1" }),
        SyntaxError,
        "Cannot read f as its metadata numbers must be JSON: found {1",
      ],
      ...["[1]", "null", "7"].map((numbers): [Uint8Array, typeof SyntaxError, string] => [
        fileOf({}, { numbers }),
        SyntaxError,
        `Cannot read f as its metadata numbers must be an object: found ${numbers}`,
      ]),
      [
        fileOf({}, { numbers: `{"2.key": 1, "2.step": "1"}` }),
        SyntaxError,
        `Cannot read f as 2.step must be a finite number: found "1"`,
      ],
      [
        fileOf({}, { numbers: `{"__proto__": 1e999}` }),
        SyntaxError,
        "Cannot read f as __proto__ must be a finite number: found Infinity",
      ],
      [
        fileOf({}, { numbers: `"${"x".repeat(100)}"` }),
        SyntaxError,
        `Cannot read f as its metadata numbers must be an object: found "${"x".repeat(79)}…`,
      ],
    ];
    const model = small();
    const before = await encodeModel(model);
    for (const [bytes, kind, message] of cases) {
      assertThrows(() => decodeModel(bytes, model, { name: "f" }), kind, message);
      assertEquals(await encodeModel(model), before);
    }
  });

  it("refuse bytes that are no safetensors file, and change nothing", async () => {
    const model = small();
    const before = await encodeModel(model);
    const rubbish = [
      ...[0, 1, 7, 8, 20].map((length) => before.slice(0, length)),
      before.slice(0, -1),
      new Uint8Array([...before, 0]),
      before.map((byte, i) => i === 0 ? byte ^ 1 : byte),
      new Uint8Array(64).fill(255),
    ];
    for (const bytes of rubbish) {
      assertThrows(() => decodeModel(bytes, model), SyntaxError, "the file");
      assertEquals(await encodeModel(model), before);
    }
  });

  it("set numbers that are named like what all objects have", async () => {
    const make = (value: number): Layer => {
      const state = [{ name: "__proto__", value }, { name: "constructor", value }];
      return Object.assign(new Counter(), { state });
    };
    const [from, to, other] = [make(3), make(4), make(5)];
    decodeModel(await encodeModel(from), to);
    assertEquals(to.state.map(({ value }) => value), [3, 3]);
    decodeModel(encodeSafetensors({}, { metadata: { numbers: "{}" } }), other);
    assertEquals(other.state.map(({ value }) => value), [5, 5]);
  });

  it("refuse two tensors of one name, of which only one would be kept", async () => {
    const dense = small();
    const twice = Object.assign(new Counter(), {
      parameters: [dense.parameters[0]!, { ...dense.parameters[1]!, name: "weight" }],
    });
    await assertRejects(
      () => encodeModel(twice),
      TypeError,
      "Cannot save weight as names must differ: found two of that name",
    );
  });
});

describe("save() and load()", () => {
  it("are the same by way of a file, which errors name", async () => {
    const path = `${await Deno.makeTempDir()}/model.safetensors`;
    const [from, to] = [setUp(), setUp({ seed: 1 })];
    await save(from, path);
    assertEquals(new Uint8Array(await Deno.readFile(path)), await encodeModel(from));
    assertEquals(await load(to, path), { missing: [], extra: [] });
    assertEquals(await encodeModel(to), await encodeModel(from));
    await assertRejects(
      () => load(small(), path),
      TypeError,
      `Cannot load ${path} as it must have the model's tensors and no other: found missing weight, bias, extra 0.bias, 0.weight, 3.bias, 3.weight`,
    );
    assertEquals((await load(small(), path, { strict: false })).missing, ["weight", "bias"]);
  });
});
