import { SoftmaxCrossEntropy } from "@gradus/losses";
import { reference } from "@gradus/tensor/reference";
import { assertPerceptronLosses, convolutionalTraining, perceptronLosses } from "@gradus/testing";
import { fit } from "@gradus/train";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { tfjs } from "./tfjs.ts";

tf.enableProdMode(); // without its advice to install another package

describe("training", () => {
  it("has the same losses on the reference, as far as float32 may be off", async () => {
    for (const backend of [reference(), reference({ dtype: "float64" })]) {
      await assertPerceptronLosses(await perceptronLosses(backend), backend.float);
    }
  });
  for (const name of ["cpu", "wasm"]) {
    it(`has the losses of the reference on tfjs ${name}, as far as float32 may be off`, async () => {
      const backend = await tfjs({ tf, backend: name });
      await assertPerceptronLosses(await perceptronLosses(backend), backend.name);
      await backend.close();
    });
    it(`learns by convolutions on tfjs ${name}, and keeps no tensor from step to step`, async () => {
      const backend = await tfjs({ tf, backend: name });
      const counts: number[] = [];
      const means: number[] = [];
      const loss = new SoftmaxCrossEntropy();
      for await (const step of fit({ ...convolutionalTraining(backend), loss, epochs: 8 })) {
        counts.push(tf.memory().numTensors);
        if (step.isLast) means.push((await step.epochMeans()).loss);
      }
      assertEquals(counts.length, 24);
      // In the first epoch the layers take their memory.
      assertEquals(new Set(counts.slice(3)).size, 1, `${counts}`);
      assertEquals(tf.memory().numTensors, backend.memory.storages);
      assert(means.at(-1)! < 0.5 * means[0]!, `${means}`);
      await backend.close();
      assertEquals(tf.memory().numTensors, 0);
    });
  }
});
