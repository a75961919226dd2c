import { random } from "@gradus/random";
import { type Shape, Tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { type LayerCase, layerCases } from "./_layer_cases_test.ts";
import { layerFromJson } from "./layer_from_json.ts";
import type { LayerRecord } from "./layer_record.ts";
import { layerShapes } from "./layer_shapes.ts";

/** What a layer has after `init`. */
function initialised(record: LayerRecord, inputShape: Shape) {
  const layer = layerFromJson(record);
  const output = layer.init(inputShape, { backend: reference(), random: random(0) });
  const shapeOf = ({ name, value }: { name: string; value: Tensor }) => ({
    name,
    shape: value.shape,
  });
  const tensors = layer.state.flatMap(({ name, value }) =>
    value instanceof Tensor ? [{ name, value }] : []
  );
  return { output, parameters: layer.parameters.map(shapeOf), state: tensors.map(shapeOf) };
}

describe("layerShapes()", () => {
  for (const [type, { any }] of Object.entries<LayerCase>(layerCases)) {
    it(`tells what init() makes: ${type}`, () => {
      fc.assert(fc.property(any, ({ record, inputShape }) => {
        assertEquals(layerShapes(record, inputShape), initialised(record, inputShape));
      }));
    });
  }

  it("refuses inputs as init() does, naming the layer", () => {
    const dense = { type: "dense", units: 2, bias: true } as const;
    const relu = { type: "relu" } as const;
    const conv2d = { ...layerCases.conv2d.record, padding: "valid" } as const;
    const pool = { ...layerCases.maxPool2d.record, padding: "valid" } as const;
    const sequential = (...layers: LayerRecord[]) => ({ type: "sequential", layers }) as const;
    const refused: [LayerRecord, Shape][] = [
      [dense, [2, 3]],
      [{ type: "softmax" }, []],
      [layerCases.batchNorm.record, []],
      [layerCases.layerNorm.record, []],
      [conv2d, [4, 5]],
      [conv2d, [4, 5, 3]],
      [conv2d, [1, 1, 2]],
      [pool, [1, 1, 2]],
      [{ type: "globalMaxPool2d" }, [2]],
      [relu, [2, 0]],
      [relu, [2 ** 30, 2 ** 30]],
      [sequential(relu, sequential(dense)), [2, 3]],
      [{ type: "residual", branch: dense, shortcut: null }, [3]],
      [{ type: "residual", branch: relu, shortcut: dense }, [3]],
      [{ type: "residual", branch: sequential(relu, dense), shortcut: null }, [2, 3]],
    ];
    for (const [record, inputShape] of refused) {
      const error = assertThrows(() => initialised(record, inputShape), Error);
      assertThrowsExactly(
        () => layerShapes(record, inputShape),
        error.constructor as new (message: string) => Error,
        error.message,
      );
    }
  });

  it("refuses a record that is no layer's", () => {
    assertThrowsExactly(
      () => layerShapes({ type: "dense", units: -1, bias: true }, [2]),
      RangeError,
      "Cannot make a dense layer as units must be a whole number of at least 1: found -1",
    );
  });
});
