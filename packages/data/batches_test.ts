import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { Batches } from "./batches.ts";
import type { Dataset } from "./dataset.ts";

/** Rows of which each value tells the row and the column. */
function numbered(rows: number): Dataset {
  return {
    x: { data: Float32Array.from({ length: 2 * rows }, (_, i) => i), shape: [rows, 2] },
    y: { data: Int32Array.from({ length: rows }, (_, row) => 100 + row), shape: [rows] },
  };
}

function indices(batches: Batches, epoch: number): number[][] {
  return Array.from(batches.epoch(epoch), ({ index }) => [...index]);
}

describe("Batches", () => {
  it("goes through the rows in order without a seed", () => {
    const batches = new Batches(numbered(5), { size: 2 });
    assertEquals([batches.rows, batches.size, batches.length], [5, 2, 3]);
    assertEquals(indices(batches, 0), [[0, 1], [2, 3], [4]]);
    assertEquals(indices(batches, 7), [[0, 1], [2, 3], [4]]);
    const [first] = batches.epoch(0);
    assertEquals(first, {
      x: { data: new Float32Array([0, 1, 2, 3]), shape: [2, 2] },
      y: { data: new Int32Array([100, 101]), shape: [2] },
      rows: 2,
      index: new Int32Array([0, 1]),
    });
  });

  it("gives each row once an epoch, x beside y, the short last batch in its own size", () => {
    const dimension = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(dimension, dimension, fc.nat(), fc.nat(), (rows, size, seed, epoch) => {
        const batches = new Batches(numbered(rows), { size, seed });
        const seen: number[] = [];
        let step = 0;
        for (const batch of batches.epoch(epoch)) {
          const left = rows - step++ * size;
          assertEquals(batch.rows, Math.min(size, left));
          assertEquals(batch.x.shape, [batch.rows, 2]);
          assertEquals(batch.y.shape, [batch.rows]);
          const index = [...batch.index];
          assertEquals([...batch.x.data], index.flatMap((row) => [2 * row, 2 * row + 1]));
          assertEquals([...batch.y.data], index.map((row) => 100 + row));
          seen.push(...index);
        }
        assertEquals(step, batches.length);
        assertEquals(seen.sort((a, b) => a - b), Array.from({ length: rows }, (_, row) => row));
      }),
    );
  });

  it("shuffles by the seed and the epoch alone", () => {
    const batches = new Batches(numbered(50), { size: 8, seed: 3 });
    const resumed = new Batches(numbered(50), { size: 8, seed: 3 });
    const epochs = [0, 1, 2].map((epoch) => indices(batches, epoch));
    assertEquals(indices(resumed, 2), epochs[2]);
    assertEquals(indices(batches, 0), epochs[0]);
    assertNotEquals(epochs[0], epochs[1]);
    assertNotEquals(epochs[1], epochs[2]);
    const seeds = [4, 3 + 2 ** 32, 3 + 2 ** 33];
    for (const seed of seeds) {
      assertNotEquals(indices(new Batches(numbered(50), { size: 8, seed }), 0), epochs[0]);
    }
  });

  it("keeps the same order in all versions", () => {
    const batches = new Batches(numbered(8), { size: 8, seed: 0 });
    assertEquals(indices(batches, 0), [[2, 0, 7, 4, 3, 6, 5, 1]]);
  });

  it("goes through an epoch again, and through two at once", () => {
    const batches = new Batches(numbered(6), { size: 2, seed: 1 });
    const epoch = batches.epoch(0);
    const [once, again] = [epoch, epoch].map((batches) =>
      Array.from(batches, ({ x }) => [...x.data])
    );
    assertEquals(once, again);
    const [a, b] = [batches.epoch(0)[Symbol.iterator](), batches.epoch(1)[Symbol.iterator]()];
    const first = a.next().value!;
    const kept = [...first.x.data];
    b.next();
    b.next();
    assertEquals([...first.x.data], kept);
  });

  it("keeps a batch until the next but one and allocates no third", () => {
    const passes = new Batches(numbered(7), { size: 2 }).epoch(0)[Symbol.iterator]();
    const [a, b] = [passes.next().value!, passes.next().value!];
    assertEquals([...a.index], [0, 1]);
    const c = passes.next().value!;
    assertStrictEquals(c.x.data, a.x.data);
    assertStrictEquals(c.y.data, a.y.data);
    assertEquals([...b.index], [2, 3]);
    passes.next();
    assertEquals([...c.index], [4, 5]);
    assert(passes.next().done);
  });

  it("drops a short last batch if told to", () => {
    const batches = new Batches(numbered(7), { size: 3, dropLast: true });
    assertEquals(batches.length, 2);
    assertEquals(indices(batches, 0), [[0, 1, 2], [3, 4, 5]]);
    assertEquals(indices(new Batches(numbered(6), { size: 3, dropLast: true }), 0).length, 2);
  });

  it("takes targets of any shape and images", () => {
    const dataset: Dataset<Float32Array> = {
      x: { data: Float32Array.from({ length: 3 * 100 }, (_, i) => i), shape: [3, 10, 10, 1] },
      y: { data: new Float32Array([1, 0, 0, 1, 1, 0]), shape: [3, 2] },
    };
    const [, last] = Array.from(new Batches(dataset, { size: 2 }).epoch(0));
    assertEquals(last.x.shape, [1, 10, 10, 1]);
    assertEquals(last.x.data[99], 299);
    assertEquals(last.y, { data: new Float32Array([1, 0]), shape: [1, 2] });
  });

  it("gives one batch if the size exceeds the rows", () => {
    assertEquals(indices(new Batches(numbered(2), { size: 1e6 }), 0), [[0, 1]]);
  });

  it("refuses a dataset whose x and y differ in their rows, or which has none", () => {
    const refuse = (x: number, y: number, message: string) =>
      assertThrows(
        () => new Batches({ x: numbered(x).x, y: numbered(y).y }, { size: 1 }),
        TypeError,
        message,
      );
    const rule = "Cannot batch a dataset as x and y must have the same rows, at least one: ";
    refuse(3, 2, `${rule}found shapes [3, 2] and [2]`);
    refuse(0, 0, `${rule}found shapes [0, 2] and [0]`);
    assertThrows(
      () =>
        new Batches({ x: numbered(1).x, y: { data: new Int32Array(1), shape: [] } }, { size: 1 }),
      TypeError,
      "Cannot batch y as its first axis must be its rows: found a shape []",
    );
    assertThrows(
      () =>
        new Batches({ x: { data: new Float32Array(3), shape: [2, 2] }, y: numbered(2).y }, {
          size: 1,
        }),
      TypeError,
      "Cannot batch x as its values must fill its shape: found 3 in [2, 2]",
    );
  });

  it("refuses a size, a seed and an epoch that are none", () => {
    for (const size of [0, -1, 1.5, NaN, Infinity]) {
      assertThrows(
        () => new Batches(numbered(2), { size }),
        RangeError,
        `Cannot make batches as a batch size must be a whole number from 1 to 9007199254740991: ` +
          `found ${size}`,
      );
    }
    for (const seed of [-1, 0.5, NaN, 2 ** 53]) {
      assertThrows(
        () => new Batches(numbered(2), { size: 1, seed }),
        RangeError,
        `Cannot make batches as a seed must be a whole number from 0 to 9007199254740991: ` +
          `found ${seed}`,
      );
    }
    for (const epoch of [-1, 0.5, NaN, 2 ** 32]) {
      assertThrows(
        () => new Batches(numbered(2), { size: 1 }).epoch(epoch),
        RangeError,
        `Cannot make batches as the index of an epoch must be a whole number from 0 to ` +
          `4294967295: found ${epoch}`,
      );
    }
  });

  it("refuses to drop the only batch", () => {
    assertThrows(
      () => new Batches(numbered(2), { size: 3, dropLast: true }),
      RangeError,
      "Cannot drop the last batch as another must remain: found 2 rows in batches of 3",
    );
  });
});
