import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { channelStatistics } from "./channel_statistics.ts";
import type { Dataset } from "./dataset.ts";
import { drawnShapes } from "./drawn_shapes.ts";
import { ImageBatches } from "./image_batches.ts";
import type { NdArray } from "./nd_array.ts";
import { takeRows } from "./take_rows.ts";

const EPOCHS = 3;
const RATE = 0.002;

/**
 * Trains a linear softmax classifier on all rows but the last 500, by gradient descent row by row, and
 * gives the share of those 500 that it gets right.
 */
function linearAccuracy({ x, y }: Dataset<Int32Array, Uint8Array>, classes: number): number {
  const length = x.data.length / x.shape[0];
  const rowsOf = (first: number, last: number) =>
    takeRows({ x, y }, Array.from({ length: last - first }, (_, i) => first + i));
  const training = rowsOf(0, x.shape[0] - 500);
  const statistics = channelStatistics(training.x);
  const batches = new ImageBatches(training, { size: 1, seed: 0, statistics });
  const weight = new Float32Array(classes * length);
  const bias = new Float32Array(classes);

  const logitsOf = (image: Float32Array) =>
    bias.map((start, c) => {
      let sum = start;
      for (let i = 0; i < length; i++) sum += weight[c * length + i] * image[i];
      return sum;
    });
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (const batch of batches.epoch(epoch)) {
      const logits = logitsOf(batch.x.data);
      const top = Math.max(...logits);
      const shares = logits.map((logit) => Math.exp(logit - top));
      const total = shares.reduce((sum, share) => sum + share);
      for (let c = 0; c < classes; c++) {
        const step = RATE * (shares[c] / total - Number(batch.y.data[0] === c));
        for (let i = 0; i < length; i++) weight[c * length + i] -= step * batch.x.data[i];
        bias[c] -= step;
      }
    }
  }
  const test = new ImageBatches(rowsOf(x.shape[0] - 500, x.shape[0]), { size: 1, statistics });
  let right = 0;
  for (const { x, y } of test.epoch(0)) {
    const logits = logitsOf(x.data);
    if (logits.indexOf(Math.max(...logits)) === y.data[0]) right++;
  }
  return right / 500;
}

/** Whether each image has more red than green. */
function redness({ data, shape }: NdArray<Uint8Array>): NdArray<Int32Array> {
  const length = data.length / shape[0];
  const labels = Int32Array.from({ length: shape[0] }, (_, row) => {
    let excess = 0;
    for (let i = row * length; i < (row + 1) * length; i += 3) excess += data[i] - data[i + 1];
    return Number(excess > 0);
  });
  return { data: labels, shape: [shape[0]] };
}

async function checksum(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(bytes));
  return new Uint8Array(digest).toHex();
}

describe("drawnShapes()", () => {
  it("draws ten classes in turn", () => {
    const { x, y, classes } = drawnShapes({ rows: 23, seed: 4 });
    assertEquals(x.shape, [23, 32, 32, 3]);
    assertEquals(x.data.length, 23 * 3072);
    assertEquals(y.shape, [23]);
    assertEquals([...y.data.subarray(8, 13)], [8, 9, 0, 1, 2]);
    assertEquals(classes, [
      "circle",
      "square",
      "triangle",
      "cross",
      "ring",
      "star",
      "diamond",
      "stripes",
      "checker",
      "crescent",
    ]);
  });

  it("draws an image by the seed and its row alone", () => {
    const { data } = drawnShapes({ rows: 12, seed: 4 }).x;
    assertEquals(drawnShapes({ rows: 5, seed: 4 }).x.data, data.slice(0, 5 * 3072));
    const others = [5, 4 + 2 ** 32].map((seed) => drawnShapes({ rows: 1, seed }).x.data);
    for (const other of others) assertNotEquals(other, data.slice(0, 3072));
    assertNotEquals(data.slice(0, 3072), data.slice(10 * 3072, 11 * 3072));
  });

  it("draws the same images in all versions", async () => {
    assertEquals(
      await checksum(drawnShapes({ rows: 20, seed: 0 }).x.data),
      "ea7a8017c57c84c7529128f0312bf43de6f7c27ecdff76664e10a0a50e9ed22e",
    );
  });

  it("is hard for a linear model, which learns colours from the same images", () => {
    const shapes = drawnShapes({ rows: 1500, seed: 0 });
    const accuracy = linearAccuracy(shapes, 10);

    assert(accuracy < 0.2, `accuracy ${accuracy}`); // it is 0.112
    const control = linearAccuracy({ x: shapes.x, y: redness(shapes.x) }, 2);

    assert(control > 0.9, `accuracy ${control}`); // it is 0.968
  });

  it("refuses rows and seeds that are none", () => {
    for (const rows of [0, -1, 1.5, NaN, Infinity]) {
      assertThrows(
        () => drawnShapes({ rows, seed: 0 }),
        RangeError,
        `Cannot draw shapes as rows must be a whole number above 0: found ${rows}`,
      );
    }
    for (const seed of [-1, 0.5, NaN, 2 ** 53]) {
      assertThrows(
        () => drawnShapes({ rows: 1, seed }),
        RangeError,
        `Cannot draw shapes as the seed must be a whole number from 0 to 9007199254740991: ` +
          `found ${seed}`,
      );
    }
  });
});
