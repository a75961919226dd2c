import { random } from "@gradus/random";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertInstanceOf } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { type LayerCase, layerCases } from "./_layer_cases_test.ts";
import { Dense } from "./dense.ts";
import { layerFromJson, sequentialFromJson } from "./layer_from_json.ts";
import type { LayerRecord } from "./layer_record.ts";
import { Relu } from "./relu.ts";
import { Sequential } from "./sequential.ts";

describe("layerFromJson()", () => {
  for (const [type, { record }] of Object.entries<LayerCase>(layerCases)) {
    it(`makes a layer of what toJSON() wrote, by way of text: ${type}`, () => {
      assertEquals(record.type, type);
      const text = JSON.stringify(record);
      const layer = layerFromJson(JSON.parse(text));
      assertEquals(layer.toJSON!(), record);
      assertEquals(JSON.stringify(layer), text);
    });
  }

  it("makes layers inside of layers", () => {
    const model = new Sequential([new Dense(2), new Sequential([new Relu()])]);
    const made = layerFromJson(JSON.parse(JSON.stringify(model)));
    assertInstanceOf(made, Sequential);
    assertInstanceOf(made.layers[0], Dense);
    assertInstanceOf(made.layers[1], Sequential);
    assertEquals(made.toJSON(), model.toJSON());
  });

  it("looks at no setting that a record does not have, such as an initialiser", () => {
    const { record } = layerCases.conv2d;
    const layer = layerFromJson(JSON.parse(JSON.stringify({ ...record, weightInit: "fill" })));
    layer.init([4, 5, 2], { backend: reference(), random: random(0) });
    assertEquals(layer.toJSON!(), record);
  });

  it("refuses types that are not of this package, whatever objects inherit", () => {
    const types = ["batchnorm", "Dense", "__proto__", "constructor", "toString", "", 7, null];
    for (const type of types) {
      assertThrowsExactly(
        () => layerFromJson(JSON.parse(JSON.stringify({ type }))),
        TypeError,
        `Cannot make a layer as its type must be one of this package: found ${
          JSON.stringify(type)
        }`,
      );
    }
    for (const text of ["{}", '{ "__proto__": { "type": "relu" } }', '["relu"]']) {
      assertThrowsExactly(
        () => layerFromJson(JSON.parse(text)),
        TypeError,
        "Cannot make a layer as its type must be one of this package: found undefined",
      );
    }
  });

  it("refuses layers inside of more than 64 others, whose depth would overflow the stack", () => {
    const nested = (depth: number): unknown =>
      JSON.parse(
        `${'{"type":"sequential","layers":['.repeat(depth)}{"type":"relu"}${"]}".repeat(depth)}`,
      );
    assertInstanceOf(layerFromJson(nested(64) as LayerRecord), Sequential);
    for (const make of [layerFromJson, sequentialFromJson]) {
      assertThrowsExactly(
        () => make(nested(100_000) as LayerRecord),
        RangeError,
        "Cannot make a layer as it must lie in at most 64 others: found it in more",
      );
    }
    const residual = { type: "residual", branch: nested(64), shortcut: null };
    assertThrowsExactly(
      () => layerFromJson(residual as LayerRecord),
      RangeError,
      "Cannot make a layer as it must lie in at most 64 others: found it in more",
    );
  });

  it("refuses what is no object", () => {
    for (const text of ["null", "7", '"relu"', "true"]) {
      assertThrowsExactly(
        () => layerFromJson(JSON.parse(text)),
        TypeError,
        `Cannot make a layer as its record must be an object: found ${JSON.parse(text)}`,
      );
    }
  });

  it("shows what is no setting, even if it cannot become text by itself", () => {
    const wrong: [string, string][] = [
      ['{"type":"dense","units":3,"bias":{"toString":1}}', '{"toString":1}'],
      ['{"type":"dense","units":3,"bias":[{"toString":1}]}', '{"toString":1}'],
    ];
    for (const [text, found] of wrong) {
      assertThrowsExactly(
        () => layerFromJson(JSON.parse(text)),
        TypeError,
        `Cannot make a dense layer as bias must be true or false: found ${found}`,
      );
    }
  });

  it("refuses settings that constructors refuse, at any depth", () => {
    assertThrowsExactly(
      () =>
        layerFromJson(JSON.parse('{ "type": "sequential", "layers": [{ "type": "dropout" }] }')),
      RangeError,
      "Cannot make dropout as the rate must be in [0, 1): found undefined",
    );
    assertThrowsExactly(
      () => layerFromJson(JSON.parse('{ "type": "dense", "units": "3", "bias": true }')),
      RangeError,
      "Cannot make a dense layer as units must be a whole number of at least 1: found 3",
    );
    assertThrowsExactly(
      () => layerFromJson(JSON.parse('{ "type": "sequential", "layers": [] }')),
      RangeError,
      "Cannot make a model as it must have at least one layer: found none",
    );
  });
});

describe("sequentialFromJson()", () => {
  it("makes a model", () => {
    const record = { type: "sequential", layers: [{ type: "relu" }] } as const;
    assertInstanceOf(sequentialFromJson(record), Sequential);
    assertEquals(sequentialFromJson(record).toJSON(), record);
  });

  it("refuses other layers, and what is no list of layers", () => {
    const texts = [
      "null",
      '{"type":"relu"}',
      '{"type":"sequential"}',
      '{"type":"sequential","layers":{"length":1}}',
    ];
    for (const text of texts) {
      assertThrowsExactly(
        () => sequentialFromJson(JSON.parse(text)),
        TypeError,
        `Cannot make a model as its record must be sequential with a list of layers: found ${text}`,
      );
    }
    assertThrowsExactly(
      () => sequentialFromJson(JSON.parse(`{"type":"${"x".repeat(100)}"}`)),
      TypeError,
      `Cannot make a model as its record must be sequential with a list of layers: found {"type":"${
        "x".repeat(71)
      }`,
    );
  });
});
