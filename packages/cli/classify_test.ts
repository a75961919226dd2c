import { Batches, ImageBatches } from "@gradus/data";
import { Conv2d, Dense, Dropout, Flatten, type Layer, Sequential } from "@gradus/layers";
import { random } from "@gradus/random";
import type { Backend, Shape } from "@gradus/tensor";
import { cpu } from "@gradus/tensor/cpu";
import { reference } from "@gradus/tensor/reference";
import { assertAlmostEquals, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Classified, classify } from "./classify.ts";

/** Logits of an image of two pixels `[p, q]`: `[p + q, 2p − q]`. */
function pixelModel(backend: Backend): Layer {
  const model = new Sequential([new Flatten(), new Dense(2, { bias: false })]);
  model.init([1, 2, 1], { backend, random: random(0) });
  model.parameters[0]!.value.set([[1, 2], [1, -1]]);
  return model;
}

const pixels = {
  x: { data: new Float32Array([1, 0, 0, 2, 3, 1]), shape: [3, 1, 2, 1] },
  y: { data: new Int32Array(3), shape: [3] },
};

/** The share of the second of two classes. */
const sigmoid = (second: number, first: number) => 1 / (1 + Math.exp(first - second));

function assertSecond(classified: Classified, expected: number[]): void {
  const { probabilities, classes } = classified;
  assertEquals([classes, probabilities.length], [2, 2 * expected.length]);
  expected.forEach((share, row) => {
    assertAlmostEquals(probabilities[2 * row]!, 1 - share, 1e-7);
    assertAlmostEquals(probabilities[2 * row + 1]!, share, 1e-7);
  });
}

/** Seven images of random bytes, and a model with a layer that must not be in train mode. */
function setUp(backend: Backend) {
  const shape = [7, 4, 4, 3];
  const bytes = random(1).permutation(7 * 48).map((value) => value % 256);
  const images = {
    x: { data: Uint8Array.from(bytes), shape },
    y: { data: new Int32Array(7), shape: [7] },
  };
  const statistics = { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] };
  const model = new Sequential([
    ...[new Conv2d(4, { kernel: 3, padding: "same" }), new Flatten(), new Dropout(0.5)],
    new Dense(3),
  ]);
  model.init(shape.slice(1), { backend, random: random(0) });
  return {
    ...{ model, backend },
    batches: (size: number) => new ImageBatches(images, { size, statistics }),
  };
}

describe("classify()", () => {
  it("gives the softmax of the logits, and the most probable class", async () => {
    const backend = reference();
    const batches = new Batches(pixels, { size: 3 });
    const classified = await classify({ model: pixelModel(backend), batches, backend });
    // Logits [1, 2], [2, −2], [4, 5].
    assertSecond(classified, [sigmoid(2, 1), sigmoid(-2, 2), sigmoid(5, 4)]);
    assertEquals(classified.predictions, new Int32Array([1, 0, 1]));
  });

  it("averages the logits of an image and its mirror image, then takes the softmax", async () => {
    const backend = reference();
    const batches = new Batches(pixels, { size: 3 });
    const model = pixelModel(backend);
    const classified = await classify({ model, batches, backend, mirrored: true });
    // Logits of the mirror images: [1, −1], [2, 4], [4, −1].
    assertSecond(classified, [sigmoid(0.5, 1), sigmoid(1, 2), sigmoid(2, 4)]);
    assertEquals(classified.predictions, new Int32Array([0, 0, 0]));
  });

  it("averages in images that are moved, each with half the weight", async () => {
    const backend = reference();
    // Logits of an image of 2 × 2 pixels of one colour each: its four numbers.
    const model = new Sequential([new Flatten(), new Dense(4, { bias: false })]);
    model.init([2, 2, 1], { backend, random: random(0) });
    const identity = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]];
    model.parameters[0]!.value.set(identity);
    const x = { data: new Float32Array([1, 2, 3, 4]), shape: [1, 2, 2, 1] };
    const batches = new Batches({ x, y: { data: new Int32Array(1), shape: [1] } }, { size: 1 });
    const shareOf = (logits: number[]) => {
      const powers = logits.map(Math.exp);
      const sum = powers.reduce((a, b) => a + b);
      return powers.map((power) => power / sum);
    };
    const found = async (mirrored: boolean) =>
      (await classify({ model, batches, backend, mirrored, shift: 1 })).probabilities;
    // Both ways of moving give [4, 3, 2, 1]; mirror images [2, 1, 4, 3] and [3, 4, 1, 2].
    for (const [i, share] of shareOf([2.5, 2.5, 2.5, 2.5]).entries()) {
      assertAlmostEquals((await found(false))[i]!, share, 1e-7);
      assertAlmostEquals((await found(true))[i]!, share, 1e-7);
    }
    const { probabilities } = await classify({ model, batches, backend });
    shareOf([1, 2, 3, 4]).forEach((share, i) => assertAlmostEquals(probabilities[i]!, share, 1e-7));
  });

  for (const open of [reference, () => cpu({ threads: 1 })]) {
    it(`gives the same for batches of any size, on ${open.name || "cpu"}`, async () => {
      const backend = await open();
      const { batches, ...parts } = setUp(backend);
      const plain = await classify({ ...parts, batches: batches(7) });
      const mirrored = await classify({ ...parts, batches: batches(7), mirrored: true });
      assertEquals(plain.predictions.length, 7);
      assertNotEquals(plain, mirrored);
      for (const size of [1, 3, 5, 100]) {
        const options = { ...parts, batches: batches(size) };
        assertEquals(await classify(options), plain);
        assertEquals(await classify({ ...options, mirrored: true }), mirrored);
      }
      await backend.close();
    });
  }

  it("takes the first of classes that are as probable", async () => {
    const backend = reference();
    const model = pixelModel(backend);
    model.parameters[0]!.value.set([[0, 0], [0, 0]]);
    const batches = new Batches(pixels, { size: 2 });
    const { predictions } = await classify({ model, batches, backend });
    assertEquals(predictions, new Int32Array([0, 0, 0]));
  });

  it("refuses probabilities that are NaN, naming the row", async () => {
    const backend = reference();
    const x = { data: new Float32Array([1, 0, 0, 2, NaN, 1]), shape: [3, 1, 2, 1] };
    const batches = new Batches({ ...pixels, x }, { size: 2 });
    const error = await assertRejects(
      () => classify({ model: pixelModel(backend), batches, backend }),
      RangeError,
    );
    assertEquals(
      error.message,
      "Cannot classify row 2 as its probabilities must be numbers: found NaN",
    );
  });

  it("refuses shifts that are none, or leave the image", async () => {
    const { batches, ...parts } = setUp(reference());
    for (const shift of [-1, 0.5, NaN]) {
      await assertRejects(
        () => classify({ ...parts, batches: batches(3), shift }),
        RangeError,
        `Cannot classify moved images as the shift must be a whole number of at least 0: found ${shift}`,
      );
    }
    await assertRejects(
      () => classify({ ...parts, batches: batches(3), shift: 4 }),
      RangeError,
      "Cannot shift images as the shift must be a whole number below their sides: found -4 for [3, 4, 4, 3]",
    );
  });

  it("gives its memory back, also where it throws", async () => {
    const { batches, ...parts } = setUp(reference());
    // The layers' own memory comes with the first batch.
    await classify({ ...parts, batches: batches(3), mirrored: true });
    const { sizeBytes, storages } = parts.backend.memory;
    await classify({ ...parts, batches: batches(3), mirrored: true });
    const wrong = { x: { data: new Float32Array(6), shape: [3, 2] as Shape }, y: pixels.y };
    await assertRejects(
      () => classify({ ...parts, batches: new Batches(wrong, { size: 2 }) }),
      TypeError,
    );
    const { memory } = parts.backend;
    assertEquals([memory.sizeBytes, memory.storages], [sizeBytes, storages]);
  });
});
