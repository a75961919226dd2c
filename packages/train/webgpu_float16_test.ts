import { ScaledLoss, SoftmaxCrossEntropy } from "@gradus/losses";
import { Sgd } from "@gradus/optim";
import type { Backend } from "@gradus/tensor";
import { webGpu, type WebGpuOptions } from "@gradus/tensor/webgpu";
import { convolutionalTraining, lacksWebGpu } from "@gradus/testing";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeModel, fit } from "./mod.ts";

const ignore = await lacksWebGpu("shader-f16");

/** Trains for three epochs with a scaled loss. */
async function train(backend: Backend, lossScale: number) {
  const { model, batches } = convolutionalTraining(backend);
  const optimizer = new Sgd(model.parameters, { learningRate: 0.05, momentum: 0.9, lossScale });
  const loss = new ScaledLoss(new SoftmaxCrossEntropy(), lossScale);
  const losses: number[] = [];
  for await (const step of fit({ model, loss, optimizer, batches, epochs: 3 })) {
    if (step.isLast) losses.push((await step.epochMeans()).loss);
  }
  return { losses, bytes: await encodeModel(model), ...backend.memory };
}

async function trainOn(options: WebGpuOptions, lossScale: number) {
  await using backend = await webGpu(options);
  return await train(backend, lossScale);
}

describe(
  `a training with activations in float16${ignore ? " (no adapter)" : ""}`,
  { ignore },
  () => {
    it("learns as with float32, in less memory, and the same bytes each time", async () => {
      const wide = await trainOn({}, 1);
      const half = await trainOn({ activations: "float16" }, 1024);
      wide.losses.forEach((loss, epoch) => {
        // 2⁻¹¹ is half a unit in the last place; the network has nine layers, there and back.
        const error = Math.abs(half.losses[epoch]! - loss);
        assert(error > 0 && error < 18 * 2 ** -11 * loss, `epoch ${epoch} is off by ${error}`);
      });
      assert(half.sizeBytes < 0.7 * wide.sizeBytes, `${half.sizeBytes} of ${wide.sizeBytes} bytes`);
      assertEquals((await trainOn({ activations: "float16" }, 1024)).bytes, half.bytes);
    });

    it("changes nothing in float32 by a scale that is a power of two", async () => {
      assertEquals((await trainOn({}, 1024)).bytes, (await trainOn({}, 1)).bytes);
    });

    it("stops at the first step where the scale is too large", async () => {
      await assertRejects(
        () => trainOn({ activations: "float16" }, 2 ** 30),
        RangeError,
        "at step 0 as its gradient must be finite: found NaN or Infinity",
      );
    });
  },
);
