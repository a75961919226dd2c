import { Batches, type Dataset } from "@gradus/data";
import { type BackwardOptions, Dense, Dropout, type Mode, Sequential, Tanh } from "@gradus/layers";
import { MeanSquaredError, SoftmaxCrossEntropy } from "@gradus/losses";
import { Sgd } from "@gradus/optim";
import { random } from "@gradus/random";
import { type Backend, ShapeError, type Tensor, tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  type BatchSource,
  encodeModel,
  fit,
  type FitOptions,
  type HostBatch,
  type Step,
} from "./mod.ts";

/** Seven rows of three classes: in batches of three the last one has one row. */
const flowers: Dataset = {
  x: { data: Float32Array.from({ length: 14 }, (_, i) => Math.sin(i)), shape: [7, 2] },
  y: { data: new Int32Array([0, 1, 2, 0, 1, 2, 0]), shape: [7] },
};

function setUp(backend: Backend = reference(), dataset: Dataset = flowers) {
  const model = new Sequential([new Dense(4), new Tanh(), new Dropout(0.2), new Dense(3)]);
  model.init([2], { backend, random: random(0) });
  const optimizer = new Sgd(model.parameters, {
    learningRate: (step) => 0.1 / (1 + step),
    momentum: 0.9,
  });
  const batches = new Batches(dataset, { size: 3, seed: 1 });
  return { backend, model, loss: new SoftmaxCrossEntropy(), optimizer, batches };
}

/** One row at a time through `y = w · x`, where nothing is hidden. */
function setUpLine(x: number[], y: number[]) {
  const model = new Dense(1, { bias: false });
  model.init([1], { backend: reference(), random: random(0) });
  model.parameters[0]!.value.set([[1]]);
  const dataset = {
    x: { data: new Float32Array(x), shape: [x.length, 1] },
    y: { data: new Float32Array(y), shape: [y.length, 1] },
  };
  return {
    model,
    loss: new MeanSquaredError(),
    optimizer: new Sgd(model.parameters, { learningRate: 0.25 }),
    batches: new Batches(dataset, { size: 1 }),
  };
}

async function collect(options: FitOptions): Promise<Step[]> {
  const steps: Step[] = [];
  for await (const step of fit(options)) steps.push(step);
  return steps;
}

describe("fit()", () => {
  it("is at most 40 lines", async () => {
    const source = await Deno.readTextFile(new URL("./fit.ts", import.meta.url));
    const text = source.match(/^export async function\* fit[^]*?^}$/m)![0];
    const lines = text.split("\n").length;
    assert(lines > 10 && lines <= 40, `found ${lines}`);
  });

  it("yields after every step", async () => {
    const steps = await collect({ ...setUp(), epochs: 2 });
    assertEquals(
      steps.map(({ index, epoch, isLast, rows, learningRate }) => ({
        ...{ index, epoch, isLast, rows, learningRate },
      })),
      [
        { index: 0, epoch: 0, isLast: false, rows: 3, learningRate: 0.1 },
        { index: 1, epoch: 0, isLast: false, rows: 3, learningRate: 0.1 / 2 },
        { index: 2, epoch: 0, isLast: true, rows: 1, learningRate: 0.1 / 3 },
        { index: 3, epoch: 1, isLast: false, rows: 3, learningRate: 0.1 / 4 },
        { index: 4, epoch: 1, isLast: false, rows: 3, learningRate: 0.1 / 5 },
        { index: 5, epoch: 1, isLast: true, rows: 1, learningRate: 0.1 / 6 },
      ],
    );
  });

  it("does what a loop written by hand does, to the byte", async () => {
    const parts = setUp();
    const losses: number[] = [];
    for await (const step of fit({ ...parts, epochs: 3 })) losses.push(await step.loss());

    const { backend, model, loss, optimizer, batches } = setUp();
    const expected: number[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      for (const { x, y } of batches.epoch(epoch)) {
        const prediction = model.forward(tensor(backend, x.data, { shape: x.shape }));
        const cost = loss.forward(prediction, tensor(backend, y.data, { shape: y.shape }));
        expected.push(await cost.item());
        model.backward(loss.backward());
        optimizer.step();
      }
    }
    assertEquals(losses, expected);
    assertEquals(await encodeModel(parts.model), await encodeModel(model));
  });

  it("reads a loss whenever it is asked: at once, later in the epoch, after it, after the end", async () => {
    const [atOnce, nextStep, nextEpoch]: number[][] = [[], [], []];
    const steps: Step[] = [];
    for await (const step of fit({ ...setUp(), epochs: 3 })) {
      steps.push(step);
      atOnce.push(await step.loss());
      if (steps.length > 1) nextStep.push(await steps.at(-2)!.loss());
      if (steps.length > 3) nextEpoch.push(await steps.at(-4)!.loss());
    }
    const atTheEnd = await Promise.all(steps.map((step) => step.loss()));
    assertEquals(atTheEnd, atOnce);
    assertEquals(nextStep, atOnce.slice(0, -1));
    assertEquals(nextEpoch, atOnce.slice(0, -3));
    assertEquals(new Set(atOnce).size, 9);
  });

  it("delivers a loss that was asked for before the epoch went on", async () => {
    const asked: Promise<number>[] = [];
    const steps: Step[] = [];
    for await (const step of fit({ ...setUp(), epochs: 2 })) {
      asked.push(step.loss());
      steps.push(step);
    }
    assertEquals(
      await Promise.all(asked),
      await Promise.all(steps.map((step) => step.loss())),
    );
  });

  it("weighs each row the same in the means of an epoch", async () => {
    const steps = await collect({ ...setUp(), epochs: 1 });
    const losses = await Promise.all(steps.map((step) => step.loss()));
    const means = await steps[0]!.epochMeans();
    assertAlmostEquals(means.loss, (3 * losses[0]! + 3 * losses[1]! + losses[2]!) / 7, 1e-15);
    assertEquals(Object.keys(means), ["loss", "accuracy", "rows"]);
    assertEquals(means.rows, 7);
  });

  it("counts right rows over the epoch so far", async () => {
    const parts = setUp();
    const logits = new Dense(3, { bias: false });
    logits.init([2], { backend: parts.backend, random: random(0) });
    const seen: [number, number][] = [];
    const optimizer = new Sgd(logits.parameters, { learningRate: 0 });
    logits.parameters[0]!.value.set([[0, 0, 0], [0, 0, 0]]); // class 0, the first of equals
    for await (const step of fit({ ...parts, model: logits, optimizer, epochs: 1 })) {
      const { accuracy, rows } = await step.epochMeans();
      seen.push([accuracy!, rows]);
    }
    let [right, count] = [0, 0];
    const expected = [...parts.batches.epoch(0)].map(({ y, rows }) => {
      right += y.data.slice(0, rows).filter((label) => label === 0).length;
      count += rows;
      return [right / count, count];
    });
    assertEquals(seen, expected as [number, number][]);
    assertEquals(seen[2], [3 / 7, 7]);
  });

  it("has no accuracy where targets are not labels", async () => {
    const [step] = await collect({ ...setUpLine([1], [3]), epochs: 1 });
    assertEquals(await step!.epochMeans(), { loss: 4, accuracy: null, rows: 1 });
  });

  it("takes labels as bytes, and whole numbers as targets of a regression", async () => {
    const bytes = { x: flowers.x, y: { data: Uint8Array.from(flowers.y.data), shape: [7] } };
    const labels = await collect({ ...setUp(), epochs: 1 });
    const fromBytes = await collect({
      ...setUp(),
      batches: new Batches(bytes, { size: 3, seed: 1 }),
      epochs: 1,
    });
    assertEquals(await fromBytes[2]!.epochMeans(), await labels[2]!.epochMeans());

    const line = setUpLine([1, 2], [3, 5]);
    const integers = {
      x: { data: new Float32Array([1, 2]), shape: [2, 1] },
      y: { data: new Int32Array([3, 5]), shape: [2, 1] },
    };
    const batches = new Batches(integers, { size: 1 });
    const steps = await collect({ ...line, batches, epochs: 1 });
    const same = await collect({ ...setUpLine([1, 2], [3, 5]), epochs: 1 });
    assertEquals(await steps[1]!.epochMeans(), await same[1]!.epochMeans());
  });

  it("stops with break, and then cannot read the epoch that did not end", async () => {
    const steps: Step[] = [];
    const asked: Promise<number>[] = [];
    for await (const step of fit({ ...setUp(), epochs: 3 })) {
      steps.push(step);
      asked.push(step.loss());
      if (step.index === 4) break;
    }
    assertEquals((await Promise.all(asked)).length, 5);
    assertEquals(await steps[2]!.loss(), await asked[2]);
    for (const ask of [() => steps[3]!.loss(), () => steps[4]!.epochMeans()]) {
      await assertRejects(
        async () => void await ask(),
        Error,
        "Cannot read the losses of an epoch as training must go on to its last step: found it stopped after 2 of 3",
      );
    }
  });

  it("gives its memory back at the end, at a break and at an error", async () => {
    const parts = setUp();
    await collect({ ...parts, epochs: 1 });
    const { sizeBytes, storages } = parts.backend.memory;
    const assertSame = () => {
      const { memory } = parts.backend;
      assertEquals([memory.sizeBytes, memory.storages], [sizeBytes, storages]);
    };
    for await (const step of fit({ ...parts, epochs: 2 })) if (step.index === 4) break;
    assertSame();
    await assertRejects(async () => {
      for await (const _ of fit({ ...parts, epochs: 2 })) throw new Error("of the caller's");
    });
    assertSame();
    await collect({ ...parts, epochs: 2 });
    assertSame();
  });

  it("allocates nothing after the first epoch", async () => {
    const parts = setUp();
    const allocations: number[] = [];
    for await (const step of fit({ ...parts, epochs: 4 })) {
      if (step.isLast) allocations.push(parts.backend.memory.allocations);
    }
    assertEquals(new Set(allocations).size, 1);
  });

  it("uploads into two tensors by turns, and asks for no gradient of the inputs", async () => {
    const { model, ...parts } = setUp();
    const inputs: Tensor[] = [];
    const asked: unknown[] = [];
    const spy = Object.create(model, {
      forward: {
        value: (x: Tensor, mode: Mode) => {
          if (mode === "train") inputs.push(x);
          return model.forward(x, mode);
        },
      },
      backward: {
        value: (dy: Tensor, options: BackwardOptions) => {
          asked.push(options);
          return model.backward(dy, options);
        },
      },
    });
    const batches = new Batches(flowers, { size: 1 });
    await collect({ ...parts, model: spy, batches, epochs: 1 });
    assert(inputs[0] !== inputs[1]);
    assertEquals(inputs.map((x) => inputs.indexOf(x)), [0, 1, 0, 1, 0, 1, 0]);
    assertEquals(asked, Array(7).fill({ inputGradient: false }));
  });

  it("leaves frozen parameters where they are", async () => {
    const { model, ...parts } = setUp();
    const [weight, bias] = model.parameters;
    weight!.trainable = false;
    const read = () => Promise.all([weight!.value.data(), bias!.value.data()]);
    const before = await read();
    await collect({ ...parts, model, epochs: 1 });
    const after = await read();
    assertEquals(after[0], before[0]);
    assert(after[1].some((value, i) => value !== before[1][i]));
  });

  it("lets timers run while it trains", async () => {
    let isFired = false;
    setTimeout(() => isFired = true, 1);
    const start = performance.now();
    for await (const _ of fit({ ...setUp(), epochs: Number.MAX_SAFE_INTEGER })) {
      if (isFired) break;
      assert(performance.now() - start < 5000, "no timer fired for five seconds");
    }
    assert(isFired);
  });

  it("refuses a label out of range before its step changes anything", async () => {
    for (const bad of [0, 4]) {
      const labels = flowers.y.data.slice();
      const parts = setUp(reference(), { x: flowers.x, y: { data: labels, shape: [7] } });
      const order = [...parts.batches.epoch(0)].flatMap(({ index, rows }) =>
        [...index].slice(0, rows)
      );
      const place = order.indexOf(bad);
      labels[bad] = 3;
      const before: [Uint8Array, number][] = [
        [await encodeModel(parts.model), parts.optimizer.steps],
      ];
      await assertRejects(
        async () => {
          for await (const _ of fit({ ...parts, epochs: 1 })) {
            before.push([await encodeModel(parts.model), parts.optimizer.steps]);
          }
        },
        RangeError,
        `Cannot take the loss as each label must be in [0, 3): found 3 at row ${place % 3}`,
      );
      assertEquals(before.length, 1 + Math.floor(place / 3));
      assertEquals([await encodeModel(parts.model), parts.optimizer.steps], before.at(-1)!);
    }
  });

  it("refuses a rate that its schedule makes of nothing before the step changes anything", async () => {
    const parts = setUp();
    const optimizer = new Sgd(parts.model.parameters, { learningRate: () => NaN });
    const before = await encodeModel(parts.model);
    await assertRejects(
      () => collect({ ...parts, optimizer, epochs: 1 }),
      RangeError,
      "Cannot take step 0 as its learning rate must be a finite number of at least 0: found NaN",
    );
    assertEquals(await encodeModel(parts.model), before);
  });

  it("stops at a gradient that is not finite, by name, with the parameters of the step before", async () => {
    const x = flowers.x.data.slice();
    const parts = setUp(reference(), { x: { data: x, shape: [7, 2] }, y: flowers.y });
    const second = [...parts.batches.epoch(0)][1]!.index[0]!;
    x[2 * second] = NaN;
    const models: Uint8Array[] = [];
    const losses: Promise<number>[] = [];
    const parameters = { ...parts.model, state: [], toJSON: undefined };
    await assertRejects(
      async () => {
        for await (const step of fit({ ...parts, epochs: 9 })) {
          losses.push(step.loss());
          models.push(await encodeModel(parameters as never));
        }
      },
      RangeError,
      "Cannot update 0.weight at step 1 as its gradient must be finite: found NaN or Infinity",
    );
    assertEquals((await Promise.all(losses)).map(Number.isFinite), [true, false]);
    assertEquals(models[1], models[0]);
    assertEquals(await encodeModel(parameters as never), models[0]);
  });

  it("stops at a loss that is not finite, by its step", async () => {
    for (const bad of [0, 1]) {
      // (2e20)² overflows float32, its gradient does not.
      const parts = setUpLine([1, 1, 1], [1, 1, 1].map((y, i) => i === bad ? 2e20 : y));
      const steps: Step[] = [];
      await assertRejects(
        async () => {
          for await (const step of fit({ ...parts, epochs: 2 })) steps.push(step);
        },
        RangeError,
        `Cannot go on training as the loss of step ${bad} must be finite: found Infinity`,
      );
      assertEquals(steps.length, 2);
      assertEquals(await steps[bad]!.loss(), Infinity);
    }
  });

  it("names the step of a bad loss in a later epoch", async () => {
    const parts = setUpLine([1, 1], [1, 1]);
    const y = { data: new Float32Array([1, 1]), shape: [2, 1] };
    const batches = new Batches({ x: { data: new Float32Array([1, 1]), shape: [2, 1] }, y }, {
      size: 1,
    });
    await assertRejects(
      async () => {
        for await (const step of fit({ ...parts, batches, epochs: 5 })) {
          if (step.index === 3) y.data[1] = 2e20;
        }
      },
      RangeError,
      "Cannot go on training as the loss of step 5 must be finite: found Infinity",
    );
  });

  it("begins at a given epoch, with its batches", async () => {
    const parts = setUp();
    const asked: number[] = [];
    const batches = {
      length: parts.batches.length,
      epoch: (index: number) => {
        asked.push(index);
        return parts.batches.epoch(index);
      },
    };
    const steps = await collect({ ...parts, batches, startEpoch: 2, epochs: 4 });
    assertEquals(asked, [2, 3]);
    assertEquals(steps.map((step) => step.epoch), [2, 2, 2, 3, 3, 3]);
    assertEquals(await collect({ ...parts, startEpoch: 4, epochs: 4 }), []);
  });

  it("refuses epochs that are not whole numbers", async () => {
    for (const epochs of [0, -1, 1.5, NaN, Infinity]) {
      await assertRejects(
        () => collect({ ...setUp(), epochs }),
        RangeError,
        `Cannot train as epochs must be a whole number of at least 1: found ${epochs}`,
      );
    }
    for (const startEpoch of [-1, 0.5, NaN]) {
      await assertRejects(
        () => collect({ ...setUp(), epochs: 1, startEpoch }),
        RangeError,
        `Cannot train as startEpoch must be a whole number of at least 0: found ${startEpoch}`,
      );
    }
  });

  it("refuses an epoch of more or fewer batches than the source's length, or of none", async () => {
    const train = (batches: BatchSource) => collect({ ...setUp(), batches, epochs: 1 });
    const { batches } = setUp();
    const three: HostBatch[] = [...batches.epoch(0)];
    await assertRejects(
      () => train({ length: 3, epoch: () => three.slice(1) }),
      RangeError,
      "Cannot take the batches of epoch 0 as there must be 3, the source's length: found 2",
    );
    await assertRejects(
      () => train({ length: 3, epoch: () => [...three, three[0]!] }),
      RangeError,
      "Cannot take the batches of epoch 0 as there must be 3, the source's length: found more",
    );
    await assertRejects(
      () => train({ length: 0, epoch: () => [] }),
      RangeError,
      "Cannot go through an epoch as it must have at least one batch: found 0",
    );
  });

  it("refuses a batch whose inputs and targets have not its rows", async () => {
    const [batch] = [...setUp().batches.epoch(0)];
    for (const change of [{ rows: 2 }, { y: { data: new Int32Array(2), shape: [2] } }]) {
      const batches = { length: 1, epoch: () => [{ ...batch!, ...change }] };
      const { rows, x, y } = { ...batch!, ...change };
      await assertRejects(
        () => collect({ ...setUp(), batches, epochs: 1 }),
        ShapeError,
        `Cannot take a batch of ${rows} rows as inputs and targets must have as many: found [${
          x.shape.join(", ")
        }] and [${y.shape}]`,
      );
    }
  });
});
