import { random } from "@gradus/random";
import { type Tensor, tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertClose } from "./_assert_close_test.ts";
import golden from "./golden/layers.json" with { type: "json" };
import { layerFromJson } from "./layer_from_json.ts";
import type { LayerRecord } from "./layer_record.ts";

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface GoldenCase {
  readonly record: LayerRecord;
  readonly parameters: Readonly<Record<string, Numbers>>;
  readonly x: Numbers;
  readonly dy: Numbers;
  readonly y: Numbers;
  readonly dx: Numbers;
  readonly gradients: Readonly<Record<string, Numbers>>;
  /** States after the forward, and what an eval-mode forward of `x` gives then. */
  readonly state?: Readonly<Record<string, Numbers>>;
  readonly evalY?: Numbers;
}

describe("every layer with a counterpart in PyTorch", () => {
  for (const golden of cases()) {
    const { record, x: { shape } } = golden;
    it(`gives its outputs and gradients: ${JSON.stringify(record)} of [${shape}]`, async () => {
      const backend = reference({ dtype: "float64" });
      const place = ({ data, shape }: Numbers) => tensor(backend, data, { shape });
      const layer = layerFromJson(record);
      layer.init(shape.slice(1), { backend, random: random(0) });
      assertEquals(layer.parameters.map(({ name }) => name), Object.keys(golden.parameters));
      for (const { name, value } of layer.parameters) value.set(golden.parameters[name]!.data);

      const y = layer.forward(place(golden.x));
      assertEquals(y.shape, golden.y.shape);
      assertClose(await y.data(), golden.y.data, 1e-13);
      const dx = layer.backward(place(golden.dy))!;
      assertClose(await dx.data(), golden.dx.data, 1e-13);
      for (const { name, gradient } of layer.parameters) {
        assertEquals(gradient.shape, golden.gradients[name]!.shape);
        assertClose(await gradient.data(), golden.gradients[name]!.data, 1e-13);
      }
      if (golden.state === undefined) return;
      assertEquals(layer.state.map(({ name }) => name), Object.keys(golden.state));
      for (const { name, value } of layer.state) {
        assertClose(await (value as Tensor).data(), golden.state[name]!.data, 1e-13);
      }
      const evalY = layer.forward(place(golden.x), "eval");
      assertClose(await evalY.data(), golden.evalY!.data, 1e-13);
    });
  }
});

/** The union of the shapes of all cases is wider than what each of them is. */
function cases(): readonly GoldenCase[] {
  return golden.cases as unknown as readonly GoldenCase[];
}
