import { UsageError } from "@gradus/cli/usage-error";
import type { Batches } from "@gradus/data/batches";
import { iris } from "@gradus/data/iris";
import { random } from "@gradus/random";
import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { flowersCsv } from "./_flowers_csv_test.ts";
import { readFlowers, splitFlowers } from "./flowers.ts";

/** All rows of batches, in the order of an epoch. */
function rowsOf(batches: Batches, epoch = 0): { x: number[][]; y: number[] } {
  const rows = { x: [] as number[][], y: [] as number[] };
  for (const { x, y, rows: count } of batches.epoch(epoch)) {
    for (let i = 0; i < count; i++) {
      rows.x.push([...x.data.subarray(4 * i, 4 * i + 4)]);
      rows.y.push(y.data[i]!);
    }
  }
  return rows;
}

function split(seed: number) {
  return splitFlowers(iris(), { batch: 16, random: random(seed) });
}

function countsOf(labels: Iterable<number>): number[] {
  const counts = [0, 0, 0];
  for (const label of labels) counts[label]!++;
  return counts;
}

describe("splitFlowers()", () => {
  it("splits 105 / 15 / 30 rows, a third of each species", () => {
    for (const seed of [0, 1, 2]) {
      const { training, validation, test, testLabels } = split(seed);
      assertEquals([training.rows, validation.rows, test.rows], [105, 15, 30]);
      assertEquals(countsOf(rowsOf(training).y), [35, 35, 35]);
      assertEquals(countsOf(rowsOf(validation).y), [5, 5, 5]);
      assertEquals(countsOf(testLabels), [10, 10, 10]);
      assertEquals(rowsOf(test).y, [...testLabels]);
    }
  });

  it("has each flower once, in one of the parts", () => {
    const { training, validation, test, standardizer } = split(3);
    const rows = [training, validation, test].flatMap((part) => rowsOf(part).x);
    const restored = standardizer.inverse({ data: new Float32Array(rows.flat()), shape: [150, 4] });
    // Rounded to the millimetre, in which the flowers were measured.
    const sorted = (data: Float32Array) =>
      Array.from(
        { length: 150 },
        (_, i) => [...data.subarray(4 * i, 4 * i + 4)].map((value) => value.toFixed(1)).join(),
      ).sort();
    assertEquals(sorted(restored.data), sorted(iris().x.data));
  });

  it("standardises by the training rows alone", () => {
    const { training, validation, test } = split(0);
    const statistics = (rows: number[][], column: number) => {
      const values = rows.map((row) => row[column]!);
      const mean = values.reduce((a, b) => a + b) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      return { mean, variance };
    };
    for (let column = 0; column < 4; column++) {
      const { mean, variance } = statistics(rowsOf(training).x, column);
      assertAlmostEquals(mean, 0, 1e-6);
      assertAlmostEquals(variance, 1, 1e-6);
    }
    for (const part of [validation, test]) {
      const means = [0, 1, 2, 3].map((column) => statistics(rowsOf(part).x, column).mean);
      assert(means.every((mean) => Math.abs(mean) > 1e-4), `${means}`);
    }
  });

  it("gives the training rows the same scale, whatever the others hold", () => {
    const { x, y, ...names } = iris();
    const before = splitFlowers({ x, y, ...names }, { batch: 16, random: random(0) });
    const far = { data: x.data.slice(), shape: x.shape };
    const heldOut = new Set(
      [before.validation, before.test].flatMap((part) =>
        rowsOf(part).x.map((row) =>
          [...before.standardizer.inverse({ data: new Float32Array(row), shape: [1, 4] }).data]
            .map((value) => value.toFixed(1)).join()
        )
      ),
    );
    const kept = new Set(
      rowsOf(before.training).x.map((row) =>
        [...before.standardizer.inverse({ data: new Float32Array(row), shape: [1, 4] }).data]
          .map((value) => value.toFixed(1)).join()
      ),
    );
    for (let i = 0; i < 150; i++) {
      const row = [...far.data.subarray(4 * i, 4 * i + 4)].map((value) => value.toFixed(1)).join();
      if (heldOut.has(row) && !kept.has(row)) far.data[4 * i] = 1000;
    }
    const after = splitFlowers({ x: far, y, ...names }, { batch: 16, random: random(0) });
    assertNotEquals(rowsOf(after.test), rowsOf(before.test));
    assertEquals(after.standardizer.toJSON(), before.standardizer.toJSON());
    assertEquals(rowsOf(after.training), rowsOf(before.training));
  });

  it("splits the same way for the same seed, and otherwise for another", () => {
    const parts = (seed: number) => {
      const { training, validation, test } = split(seed);
      return [training, validation, test].map((part) => rowsOf(part));
    };
    assertEquals(parts(5), parts(5));
    assertNotEquals(parts(5), parts(6));
  });

  it("shuffles the training rows anew each epoch, and no others", () => {
    const { training, validation, test } = split(0);
    assertNotEquals(rowsOf(training, 0), rowsOf(training, 1));
    const orderOf = (batches: Batches) => Array.from(batches.epoch(0), ({ index }) => [...index]);
    assertNotEquals(orderOf(training), orderOf(split(1).training), "each seed in its own order");
    assertEquals(rowsOf(validation, 0), rowsOf(validation, 1));
    assertEquals(rowsOf(test, 0), rowsOf(test, 1));
  });

  it("refuses a feature that is the same in all training rows", () => {
    const data = iris();
    for (let i = 0; i < 150; i++) data.x.data[4 * i + 3] = 0.2;
    // One row alone differs; it may be in any part.
    data.x.data[3] = 0.4;
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    const messages = seeds.flatMap((seed) => {
      try {
        splitFlowers(data, { batch: 16, random: random(seed) });
        return [];
      } catch (error) {
        assert(error instanceof UsageError);
        return [error.message];
      }
    });
    assert(messages.length > 0 && messages.length < 20, `${messages.length}`);
    for (const message of messages) {
      assertEquals(
        message,
        "Cannot use --data as petal width (cm) must differ among the training rows: found only 0.2",
      );
    }
  });

  it("splits six flowers, which is the fewest", () => {
    const { x, y, ...names } = iris();
    const take = (rows: number[]) => ({
      x: {
        data: new Float32Array(rows.flatMap((i) => [...x.data.subarray(4 * i, 4 * i + 4)])),
        shape: [rows.length, 4],
      },
      y: { data: new Int32Array(rows.map((i) => y.data[i]!)), shape: [rows.length] },
      ...names,
    });
    const { training, validation, test } = splitFlowers(take([0, 1, 50, 51, 100, 101]), {
      batch: 16,
      random: random(0),
    });
    assertEquals([training.rows, validation.rows, test.rows], [4, 1, 1]);
    assertThrows(() => splitFlowers(take([0, 1, 50, 51, 100]), { batch: 16, random: random(0) }));
  });
});

describe("readFlowers()", () => {
  const lines = flowersCsv();

  async function read(text: string): ReturnType<typeof readFlowers> {
    const file = await Deno.makeTempFile({ suffix: ".csv" });
    try {
      await Deno.writeTextFile(file, text);
      return await readFlowers(file);
    } finally {
      await Deno.remove(file);
    }
  }

  it("has the built-in flowers where no file is named", async () => {
    assertEquals(await readFlowers(null), iris());
  });

  it("reads the same flowers from a file, with other line ends and a byte order mark", async () => {
    assertEquals(await read(lines.join("\n") + "\n"), iris());
    assertEquals(await read(`\uFEFF${lines.join("\r\n")}\r\n`), iris());
    const reordered = lines.map((line) => line.split(",").reverse().join());
    assertEquals(await read(reordered.join("\n")), iris());
  });

  it("refuses fewer than six flowers", async () => {
    const error = await assertRejects(() => read(lines.slice(0, 6).join("\n")), UsageError);
    const [message, found] = error.message.replace(/\/.*\.csv/, "FILE").split(": ");
    assertEquals(message, "Cannot use FILE as there must be at least 6 flowers to split");
    assertEquals(found, "found 5");
    assertEquals((await read(lines.slice(0, 7).join("\n"))).y.shape, [6]);
  });

  it("refuses a measure that float32 cannot hold", async () => {
    const huge = lines.with(1, lines[1]!.replace("5.1", "1e39"));
    await assertRejects(() => read(huge.join("\n")), UsageError, "1e+39");
  });
});
