import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import type { Augmentation } from "./augmentations/augmentation.ts";
import type { Mixing } from "./augmentations/mixing.ts";
import { type Batch, Batches } from "./batches.ts";
import type { Dataset } from "./dataset.ts";
import { ImageBatches, type ImageBatchesOptions } from "./image_batches.ts";

/** No change but from bytes to floats: `y = x / 255`. */
const plain = { mean: [0, 0], deviation: [1, 1] };

/** Images of 2 × 3 pixels and two channels, of which each byte tells the row and its place. */
function numbered(rows: number): Dataset<Int32Array, Uint8Array> {
  return {
    x: { data: Uint8Array.from({ length: rows * 12 }, (_, i) => i % 251), shape: [rows, 2, 3, 2] },
    y: { data: Int32Array.from({ length: rows }, (_, row) => row % 4), shape: [rows] },
  };
}

function imagesOf(options: Partial<ImageBatchesOptions>, epoch = 0, rows = 9): number[][] {
  const batches = new ImageBatches(numbered(rows), { size: 4, statistics: plain, ...options });
  return Array.from(batches.epoch(epoch), ({ x }) => [...x.data]);
}

function failing(
  options: Partial<ImageBatchesOptions>,
  dataset: Dataset<Int32Array, Uint8Array> = numbered(4),
): () => void {
  return () => new ImageBatches(dataset, { size: 2, statistics: plain, ...options });
}

describe("ImageBatches", () => {
  it("standardizes each channel in float64, rounded once", () => {
    const statistics = { mean: [0.4914, 0.25], deviation: [0.247, 0.1] };
    const batches = new ImageBatches(numbered(30), { size: 30, statistics });
    const [{ x, y, rows, index }] = batches.epoch(0);
    const { data } = numbered(30).x;
    const expected = Float32Array.from(
      data,
      (byte, i) => (byte / 255 - statistics.mean[i % 2]) / statistics.deviation[i % 2],
    );
    assertEquals(x, { data: expected, shape: [30, 2, 3, 2] });
    assertEquals(y, numbered(30).y);
    assertEquals([rows, index.length, batches.rows, batches.size, batches.length], [
      30,
      30,
      30,
      30,
      1,
    ]);
  });

  it("has the rows, the order and the short last batch of Batches", () => {
    const count = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(
        count,
        count,
        fc.nat(),
        fc.nat(),
        fc.boolean(),
        (rows, size, seed, epoch, drop) => {
          const { x, y } = numbered(rows);
          const floats = { x: { data: Float32Array.from(x.data), shape: x.shape }, y };
          const options = { size, seed, dropLast: drop && size <= rows };
          const expected = new Batches(floats, options);
          const found = new ImageBatches({ x, y }, { ...options, statistics: plain });
          assertEquals(
            [found.rows, found.size, found.length],
            [expected.rows, expected.size, expected.length],
          );
          const others = expected.epoch(epoch)[Symbol.iterator]();
          for (const batch of found.epoch(epoch)) {
            const other: Batch = others.next().value;
            const data = Float32Array.from(other.x.data, (byte) => byte / 255);
            assertEquals(batch, { ...other, x: { ...other.x, data } });
          }
          assert(others.next().done);
        },
      ),
    );
  });

  it("goes through two epochs at once and keeps a batch until the next but one", () => {
    const add: Augmentation = (from, to, image) => {
      for (let i = 0; i < to.length; i++) to[i] = from[i] + image.epoch;
    };
    const batches = new ImageBatches(numbered(12), {
      size: 4,
      seed: 1,
      statistics: plain,
      augment: [add, add],
    });
    const [a, b] = [0, 1].map((epoch) => batches.epoch(epoch)[Symbol.iterator]());
    const first = a.next().value!;
    const kept = [...first.x.data];
    for (const pass of [b, a, b, b]) pass.next();
    assertEquals([...first.x.data], kept);
    const [again] = batches.epoch(0);
    assertEquals([...again.x.data], kept);
    a.next();
    assertNotEquals([...first.x.data], kept);
  });

  it("allocates no third batch", () => {
    const pass = new ImageBatches(numbered(12), { size: 4, statistics: plain }).epoch(0)
      [Symbol.iterator]();
    const [first, , third] = [pass.next(), pass.next(), pass.next()].map(({ value }) => value!);
    assertStrictEquals(third.x.data, first.x.data);
    assertStrictEquals(third.y.data, first.y.data);
  });

  it("applies augmentations one after another, whatever their number", () => {
    const append = (digit: number): Augmentation => (from, to) => {
      for (let i = 0; i < to.length; i++) to[i] = 10 * Math.round(from[i] * 1e6) / 1e6 + digit;
      from.fill(NaN); // what is read next must have been written
    };
    for (const digits of [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]) {
      const [batch] = imagesOf({
        seed: 0,
        statistics: { mean: [0, 0], deviation: [1e9, 1e9] },
        augment: digits.map(append),
      });
      const expected = Number(digits.join(""));
      assert(batch.every((value) => Math.round(value) === expected), `${digits}`);
    }
  });

  it("tells an augmentation shape and epoch, and keys its draws by seed, place, epoch and row", () => {
    const draws = (options: { seed: number; size: number; epoch: number; places: number }) => {
      const drawn = new Map<number, string>();
      const watch: Augmentation = (from, to, image) => {
        assertEquals([image.height, image.width, image.channels], [2, 3, 2]);
        assertEquals(image.epoch, options.epoch);
        const row = Math.round(from[0] * 255) / 12;
        const numbers = [image.draw(2 ** 20), image.draw(2 ** 20), image.drawForAllEpochs(2 ** 20)];
        drawn.set(row, `${drawn.get(row) ?? ""} ${numbers}`);
        to.set(from);
      };
      const augment = Array.from({ length: options.places }, () => watch);
      const { seed, size } = options;
      const batches = new ImageBatches(numbered(9), { seed, size, statistics: plain, augment });
      for (const _ of batches.epoch(options.epoch));
      return drawn;
    };
    const kept = draws({ seed: 3, size: 4, epoch: 2, places: 2 });
    assertEquals(kept.size, 9);
    assertEquals([...draws({ seed: 3, size: 9, epoch: 2, places: 2 })].sort(), [...kept].sort());
    const all = [...kept.values()].flatMap((text) => text.trim().split(/[ ,]/));
    assertEquals(new Set(all).size, 9 * 2 * 3);

    const nextEpoch = draws({ seed: 3, size: 4, epoch: 3, places: 2 });
    const otherSeed = draws({ seed: 3 + 2 ** 32, size: 4, epoch: 2, places: 2 });
    for (const [row, text] of kept) {
      const numbers = text.trim().split(/[ ,]/);
      const next = nextEpoch.get(row)!.trim().split(/[ ,]/);
      assertEquals(numbers.map((number, i) => number === next[i]), [
        ...[false, false, true],
        ...[false, false, true],
      ]);
      const other = otherSeed.get(row)!.trim().split(/[ ,]/);
      assert(numbers.every((number, i) => number !== other[i]));
    }
  });

  it("draws each number below a bound about as often", () => {
    const counts = [0, 0, 0, 0, 0];
    const count: Augmentation = (from, to, image) => {
      counts[image.draw(5)]++;
      assertEquals(image.draw(1), 0);
      to.set(from);
    };
    for (let epoch = 0; epoch < 50; epoch++) imagesOf({ seed: 5, augment: [count] }, epoch, 100);
    // 5,000 draws: the standard deviation of each count is 28.
    assert(counts.every((n) => Math.abs(n - 1000) < 140), `${counts}`);
  });

  it("refuses to draw below what is no bound", () => {
    for (const below of [0, -1, 1.5, NaN, 2 ** 21 + 1]) {
      const draw: Augmentation = (_from, _to, image) => void image.draw(below);
      assertThrows(
        () => imagesOf({ seed: 0, augment: [draw] }),
        RangeError,
        `Cannot draw a number for an image as its bound must be a whole number from 1 to 2097152: ` +
          `found ${below}`,
      );
    }
  });

  it("mixes one-hot targets and the standardized images, by a stream of each batch", () => {
    const streams: number[] = [];
    const mix: Mixing = {
      classes: 5,
      mix: ({ x, y }, random) => {
        streams.push(random.bits());
        assertEquals(x.shape, [y.shape[0], 2, 3, 2]);
        assertEquals(y.data.reduce((sum, share) => sum + share), y.shape[0]);
        x.data.fill(streams.length);
        y.data.fill(0.5, 0, 1);
      },
    };
    const batches = new ImageBatches(numbered(9), { size: 4, seed: 2, statistics: plain, mix });
    const found = Array.from(batches.epoch(0), ({ x, y, index }) => ({
      x: [...x.data],
      y: [...y.data],
      shape: y.shape,
      index: [...index],
    }));
    assertEquals(found.map(({ shape }) => shape), [[4, 5], [4, 5], [1, 5]]);
    found.forEach(({ x, y, index }, step) => {
      assert(x.every((value) => value === step + 1));
      const expected = index.flatMap((row) => [0, 1, 2, 3, 4].map((c) => Number(c === row % 4)));
      assertEquals(y, [0.5, ...expected.slice(1)]);
    });
    assertEquals(new Set(streams).size, 3);
    const before = [...streams];
    for (const _ of batches.epoch(0));
    assertEquals(streams.slice(3), before);
    for (const _ of batches.epoch(1));
    assertEquals(new Set(streams).size, 6);
  });

  it("refuses randomness without a seed", () => {
    const message = "Cannot change images at random as there must be a seed: found none";
    const augment: Augmentation[] = [(from, to) => to.set(from)];
    assertThrows(failing({ augment }), TypeError, message);
    assertThrows(failing({ mix: { classes: 4, mix: () => {} } }), TypeError, message);
  });

  it("refuses labels that are not among the classes to mix", () => {
    assertThrows(
      failing({ seed: 0, mix: { classes: 3, mix: () => {} } }),
      RangeError,
      "Cannot mix images as labels must be from 0 to 2: found 3 in row 3",
    );
    const { x } = numbered(1);
    assertThrows(
      failing({ seed: 0, mix: { classes: 3, mix: () => {} } }, {
        x,
        y: { data: new Int32Array([-1]), shape: [1] },
      }),
      RangeError,
      "found -1 in row 0",
    );
  });

  it("refuses statistics that do not fit the channels", () => {
    assertThrows(
      failing({ statistics: { mean: [0, 0, 0], deviation: [1, 1, 1] } }),
      TypeError,
      "Cannot standardize images as there must be statistics for each of 2 channels: found 3",
    );
    assertThrows(
      failing({ statistics: { mean: [0, 0], deviation: [1] } }),
      TypeError,
      "Cannot standardize images as it must have two numbers for each column: found 2 and 1",
    );
    for (const [mean, deviation] of [[NaN, 1], [0, 0], [0, -1], [0, NaN], [0, Infinity]]) {
      assertThrows(
        failing({ statistics: { mean: [0, mean], deviation: [1, deviation] } }),
        RangeError,
        `Cannot standardize images as means must be finite, and deviations also above 0: ` +
          `found ${mean} and ${deviation} for channel 1`,
      );
    }
  });

  it("refuses what are no images with labels", () => {
    const { x, y } = numbered(4);
    assertThrows(
      failing({}, { x: { data: x.data, shape: [4, 12] }, y }),
      TypeError,
      "Cannot batch images as their shape must be [rows, height, width, channels], all above 0: " +
        "found [4, 12]",
    );
    assertThrows(
      failing({}, { x, y: { data: new Int32Array(4), shape: [2, 2] } }),
      TypeError,
      "Cannot batch images as y must be labels, an Int32Array of shape [rows]: " +
        "found a Int32Array of rank 2",
    );
    assertThrows(
      failing({}, { x, y: { data: new Int32Array(3), shape: [3] } }),
      TypeError,
      "Cannot batch a dataset as x and y must have the same rows, at least one: found shapes " +
        "[4, 2, 3, 2] and [3]",
    );
  });

  it("refuses sizes and seeds as Batches does", () => {
    assertThrows(failing({ size: 0 }), RangeError, "Cannot make batches as a batch size must be");
    assertThrows(failing({ seed: -1 }), RangeError, "Cannot make batches as a seed must be");
    assertThrows(
      () => new ImageBatches(numbered(2), { size: 1, statistics: plain }).epoch(-1),
      RangeError,
      "Cannot make batches as the index of an epoch must be a whole number from 0 to 4294967295: " +
        "found -1",
    );
  });
});
