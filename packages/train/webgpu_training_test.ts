import { Batches, drawnShapes, iris } from "@gradus/data";
import {
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Flatten,
  MaxPool2d,
  Relu,
  Residual,
  Sequential,
} from "@gradus/layers";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { Adam, type Optimizer, Sgd } from "@gradus/optim";
import { random } from "@gradus/random";
import { type Backend, sizeOf } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { webGpu, type WebGpuBackend } from "@gradus/tensor/webgpu";
import { lacksWebGpu } from "@gradus/testing";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decodeCheckpoint, encodeCheckpoint, encodeModel, fit } from "./mod.ts";

const ignore = await lacksWebGpu();

/** A network, its optimizer and its batches on a backend, always the same. */
type Training = (backend: Backend) => {
  readonly model: Sequential;
  readonly optimizer: Optimizer;
  readonly batches: Batches;
};

const perceptron: Training = (backend) => {
  const model = new Sequential([new Dense(16), new Relu(), new Dropout(0.1), new Dense(3)]);
  model.init([4], { backend, random: random(0) });
  const optimizer = new Sgd(model.parameters, {
    ...{ learningRate: 0.02, momentum: 0.9, nesterov: true, weightDecay: 1e-3, clipNorm: 5 },
  });
  return { model, optimizer, batches: new Batches(iris(), { size: 16, seed: 0 }) };
};

const convolutional: Training = (backend) => {
  const model = new Sequential([
    new Conv2d(8, { kernel: 3, padding: "same" }),
    new BatchNorm(),
    new Relu(),
    new MaxPool2d(2),
    new Residual(new Sequential([new Conv2d(8, { kernel: 3, padding: "same" }), new Relu()])),
    new MaxPool2d(4),
    new Flatten(),
    new Dense(10),
  ]);
  model.init([32, 32, 3], { backend, random: random(0) });
  const shapes = drawnShapes({ rows: 60, seed: 0 });
  const x = { shape: shapes.x.shape, data: Float32Array.from(shapes.x.data, (x) => x / 128 - 1) };
  return {
    model,
    optimizer: new Adam(model.parameters, { learningRate: 1e-3 }),
    batches: new Batches({ x, y: shapes.y }, { size: 16, seed: 0 }),
  };
};

/** The loss of each step. */
async function lossesOf({ model, optimizer, batches }: ReturnType<Training>, epochs: number) {
  const losses: Promise<number>[] = [];
  const loss = new SoftmaxCrossEntropy();
  for await (const step of fit({ model, loss, optimizer, batches, epochs })) {
    losses.push(step.loss());
  }
  return await Promise.all(losses);
}

async function withBackend<Result>(run: (backend: WebGpuBackend) => Promise<Result>) {
  const backend = await webGpu();
  try {
    return await run(backend);
  } finally {
    await backend.close();
  }
}

describe(`a training on webgpu${ignore ? " (no adapter)" : ""}`, { ignore }, () => {
  for (const [name, training] of Object.entries({ perceptron, convolutional })) {
    it(`rounds a ${name} network's losses as float32 does`, async () => {
      const onGpu = await withBackend((backend) => lossesOf(training(backend), 2));
      const exact = await lossesOf(training(reference({ dtype: "float64" })), 2);
      const rounded = await lossesOf(training(reference({ dtype: "float32" })), 2);
      // How rounding grows from step to step is the network's: float32 on the reference backend shows it.
      // Sums in another order may be 16 times as far off, and at least by some units in the last place.
      let grown = 0;
      for (const [step, loss] of exact.entries()) {
        grown = Math.max(grown, Math.abs(rounded[step]! - loss));
        const bound = 16 * grown + 2 ** -20 * Math.abs(loss);
        assert(
          Math.abs(onGpu[step]! - loss) <= bound,
          `the loss of step ${step} is ${onGpu[step]} instead of ${loss} ± ${bound}`,
        );
      }
    });

    it(`gives a ${name} network the same bytes each time, also from a checkpoint on`, async () => {
      const whole = await withBackend(async (backend) => {
        const parts = training(backend);
        await lossesOf(parts, 3);
        return await encodeModel(parts.model);
      });
      const checkpoint = await withBackend(async (backend) => {
        const parts = training(backend);
        await lossesOf(parts, 2);
        return await encodeCheckpoint({ ...parts, epoch: 2 });
      });
      const resumed = await withBackend(async (backend) => {
        const parts = training(backend);
        const startEpoch = decodeCheckpoint(checkpoint, parts);
        const loss = new SoftmaxCrossEntropy();
        for await (const _ of fit({ ...parts, loss, epochs: 3, startEpoch }));
        return await encodeModel(parts.model);
      });
      assertEquals(resumed, whole);
    });

    it(`creates nothing for a ${name} network after its first epoch`, async () => {
      await withBackend(async (backend) => {
        const parts = training(backend);
        const created: unknown[] = [];
        const loss = new SoftmaxCrossEntropy();
        for await (const step of fit({ ...parts, loss, epochs: 4 })) {
          if (!step.isLast) continue;
          const { buffers, pipelines, bindGroups } = backend.counters;
          const { allocations, sizeBytes } = backend.memory;
          created.push({ buffers, pipelines, bindGroups, allocations, sizeBytes });
        }
        assertEquals(created.slice(1), Array(3).fill(created[0]));
      });
    });
  }

  it("keeps its memory flat over 2,000 steps", async () => {
    await withBackend(async (backend) => {
      const parts = perceptron(backend);
      const loss = new SoftmaxCrossEntropy();
      const created: number[] = [];
      for await (const step of fit({ ...parts, loss, epochs: 200 })) {
        if (step.index % 100 === 99) created.push(backend.counters.buffers);
      }
      assertEquals(created, Array(20).fill(created[0]));
      assertEquals(parts.optimizer.steps, 2000);
    });
  });

  it("takes at most 60 dispatches and 2 submissions for a step of four convolutions", async () => {
    await withBackend(async (backend) => {
      const conv = (channels: number) => [
        new Conv2d(channels, { kernel: 3, padding: "same" }),
        new Relu(),
      ];
      const model = new Sequential([
        ...[...conv(32), ...conv(32), new MaxPool2d(2)],
        ...[...conv(64), ...conv(64), new MaxPool2d(2)],
        ...[new Flatten(), new Dense(128), new Relu(), new Dense(10)],
      ]);
      model.init([32, 32, 3], { backend, random: random(0) });
      const optimizer = new Sgd(model.parameters, { learningRate: 0.01, momentum: 0.9 });
      const shape = [16, 32, 32, 3];
      const x = { shape, data: new Float32Array(sizeOf(shape)).map((_, i) => i % 7 - 3) };
      const y = { shape: [16], data: new Int32Array(16).map((_, i) => i % 10) };
      const batches = new Batches({ x, y }, { size: 4, seed: 0 });
      const loss = new SoftmaxCrossEntropy();
      const counts: { dispatches: number; submissions: number }[] = [];
      for await (const step of fit({ model, loss, optimizer, batches, epochs: 3 })) {
        if (step.epoch > 0) counts.push(backend.counters);
      }
      const steps = counts.length - 1;
      const dispatches = (counts[steps]!.dispatches - counts[0]!.dispatches) / steps;
      const submissions = (counts[steps]!.submissions - counts[0]!.submissions) / steps;
      assert(dispatches <= 60, `a step takes ${dispatches} dispatches`);
      assert(submissions <= 2, `a step takes ${submissions} submissions`);
    });
  });
});
