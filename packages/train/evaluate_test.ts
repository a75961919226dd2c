import { Batches } from "@gradus/data";
import { Dense, Dropout, Sequential, Tanh } from "@gradus/layers";
import { MeanSquaredError, SoftmaxCrossEntropy } from "@gradus/losses";
import { random } from "@gradus/random";
import { type Backend, tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertAlmostEquals, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeModel, evaluate } from "./mod.ts";

const x = { data: Float32Array.from({ length: 14 }, (_, i) => Math.sin(i)), shape: [7, 2] };
const y = { data: new Int32Array([0, 1, 2, 0, 1, 2, 0]), shape: [7] };

function setUp(backend: Backend) {
  const model = new Sequential([new Dense(4), new Tanh(), new Dropout(0.5), new Dense(3)]);
  model.init([2], { backend, random: random(0) });
  return { backend, model, loss: new SoftmaxCrossEntropy() };
}

describe("evaluate()", () => {
  it("gives each row the same weight, whatever the batches", async () => {
    const parts = setUp(reference({ dtype: "float64" }));
    const { backend, model, loss } = parts;
    const logits = model.predict(tensor(backend, x.data, { shape: x.shape }));
    const classes = await logits.data();
    const right = y.data.filter((label, row) => {
      const scores = [...classes.slice(3 * row, 3 * row + 3)];
      return scores.indexOf(Math.max(...scores)) === label;
    });
    const cost = await loss.forward(logits, tensor(backend, y.data)).item();
    for (const size of [1, 3, 5, 7, 100]) {
      const means = await evaluate({ ...parts, batches: new Batches({ x, y }, { size, seed: 3 }) });
      assertAlmostEquals(means.loss, cost, 1e-15);
      assertEquals([means.accuracy, means.rows], [right.length / 7, 7]);
    }
  });

  it("changes nothing of the model, and needs no train-mode forward", async () => {
    const parts = setUp(reference());
    const batches = new Batches({ x, y }, { size: 3 });
    const before = await encodeModel(parts.model);
    const first = await evaluate({ ...parts, batches });
    assertEquals(await evaluate({ ...parts, batches }), first);
    assertEquals(await encodeModel(parts.model), before);
    parts.model.forward(tensor(parts.backend, x.data, { shape: x.shape }), "train");
    assertNotEquals(await encodeModel(parts.model), before);
  });

  it("gives its memory back, also where it throws", async () => {
    const parts = setUp(reference());
    const batches = new Batches({ x, y }, { size: 3 });
    await evaluate({ ...parts, batches });
    const { sizeBytes, storages } = parts.backend.memory;
    await evaluate({ ...parts, batches });
    const wrong = { data: new Int32Array([0, 1, 2, 0, 1, 3, 0]), shape: [7] };
    await assertRejects(
      () => evaluate({ ...parts, batches: new Batches({ x, y: wrong }, { size: 3 }) }),
      RangeError,
      "Cannot take the loss as each label must be in [0, 3): found 3 at row 2",
    );
    const { memory } = parts.backend;
    assertEquals([memory.sizeBytes, memory.storages], [sizeBytes, storages]);
  });

  it("has no accuracy where targets are not labels", async () => {
    const backend = reference();
    const model = new Dense(1, { bias: false });
    model.init([1], { backend, random: random(0) });
    model.parameters[0]!.value.set([[2]]);
    const dataset = {
      x: { data: new Float32Array([1, 2, 3]), shape: [3, 1] },
      y: { data: new Float32Array([2, 3, 3]), shape: [3, 1] },
    };
    const batches = new Batches(dataset, { size: 2 });
    assertEquals(await evaluate({ backend, model, batches, loss: new MeanSquaredError() }), {
      loss: (0 + 1 + 9) / 3,
      accuracy: null,
      rows: 3,
    });
  });

  it("refuses an epoch that is not as long as its source says", async () => {
    const batches = { length: 2, epoch: () => new Batches({ x, y }, { size: 3 }).epoch(0) };
    await assertRejects(
      () => evaluate({ ...setUp(reference()), batches }),
      RangeError,
      "Cannot take the batches of epoch 0 as there must be 2, the source's length: found more",
    );
  });
});
