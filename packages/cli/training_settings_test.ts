import { Dense, Sequential } from "@gradus/layers";
import { random } from "@gradus/random";
import { tensor } from "@gradus/tensor";
import { webGpu, type WebGpuOptions } from "@gradus/tensor/webgpu";
import { lacksWebGpu } from "@gradus/testing";
import { assert, assertEquals } from "@std/assert";
import { startTraining, type TrainingSettings } from "./training_settings.ts";

const SETTINGS: TrainingSettings = {
  loss: { type: "softmaxCrossEntropy", labelSmoothing: 0, classWeights: null },
  optimizer: {
    type: "sgd",
    ...{ momentum: 0, nesterov: false, dampening: 0, decoupled: false, rateInVelocity: false },
    ...{ clipNorm: null, clipParameterNorm: null },
    groups: [{
      parameters: ["0.weight", "0.bias"],
      learningRate: { type: "constant", rate: 1 },
      weightDecay: 0,
    }],
  },
  average: null,
};

/** The gradient of the loss, and the weights after a step by it. */
async function step(options: WebGpuOptions) {
  await using backend = await webGpu(options);
  const model = new Sequential([new Dense(3)]);
  model.init([2], { backend, random: random(0) });
  const { loss, optimizer } = startTraining(model, SETTINGS);
  const y = model.forward(tensor(backend, [[1, -2], [0.5, 3]]));
  loss.forward(y, tensor(backend, Int32Array.from([2, 0])));
  const gradient = loss.backward();
  model.backward(gradient, { inputGradient: false });
  optimizer.step();
  const [dy, weight] = await Promise.all([gradient.data(), model.parameters[0]!.value.data()]);
  return { dy: [...dy], weight: [...weight] };
}

const ignore = await lacksWebGpu("shader-f16");

Deno.test(
  `startTraining() scales the loss, and no step, where activations are kept in float16${
    ignore ? " (no adapter)" : ""
  }`,
  { ignore },
  async () => {
    const [wide, half] = [await step({}), await step({ activations: "float16" })];
    // Logits below 4 are rounded by 2⁻¹⁰ at most, and so is what follows from them.
    const isClose = (actual: number, expected: number) => Math.abs(actual - expected) < 2 ** -8;
    assertEquals(half.dy.length, 6);
    half.dy.forEach((dy, i) => assert(isClose(dy / 1024, wide.dy[i]!), `${dy} at ${i}`));
    half.weight.forEach((w, i) => assert(isClose(w, wide.weight[i]!), `${w} at ${i}`));
  },
);
