import { SoftmaxCrossEntropy } from "@gradus/losses";
import { random } from "@gradus/random";
import { multiply, subtract, tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertClose } from "./_assert_close_test.ts";
import golden from "./golden/training.json" with { type: "json" };
import { layerFromJson } from "./layer_from_json.ts";
import type { SequentialRecord } from "./sequential.ts";

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Run {
  readonly record: SequentialRecord;
  readonly x: Numbers;
  readonly labels: readonly number[];
  readonly learningRate: number;
  readonly start: Readonly<Record<string, Numbers>>;
  readonly losses: readonly number[];
  readonly end: Readonly<Record<string, Numbers>>;
}

describe("a network under gradient descent", () => {
  for (const run of golden.runs as unknown as readonly Run[]) {
    const layers = run.record.layers.map(({ type }) => type);
    it(`has PyTorch's losses at each of 30 steps: ${layers.join(", ")}`, async () => {
      const backend = reference({ dtype: "float64" });
      const model = layerFromJson(run.record);
      model.init(run.x.shape.slice(1), { backend, random: random(0) });
      assertEquals(model.parameters.map(({ name }) => name), Object.keys(run.start));
      for (const { name, value } of model.parameters) value.set(run.start[name]!.data);

      const x = tensor(backend, run.x.data, { shape: run.x.shape });
      const labels = tensor(backend, run.labels, { dtype: "int32" });
      const loss = new SoftmaxCrossEntropy();
      const losses: number[] = [];
      for (let step = 0; step < run.losses.length; step++) {
        losses.push(await loss.forward(model.forward(x), labels).item());
        model.backward(loss.backward(), { inputGradient: false });
        for (const { value, gradient } of model.parameters) {
          subtract(value, multiply(gradient, run.learningRate), { out: value });
        }
      }
      assertEquals(losses.length, 30);
      assertClose(losses, run.losses, 1e-9);
      for (const { name, value } of model.parameters) {
        assertClose(await value.data(), run.end[name]!.data, 1e-9);
      }
    });
  }
});
