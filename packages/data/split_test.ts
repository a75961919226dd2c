import { random } from "@gradus/random";
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { iris } from "./iris.ts";
import { randomSplit, stratifiedSplit } from "./split.ts";
import { takeRows } from "./take_rows.ts";

const counts = { training: 105, validation: 15, test: 30 };

function labelsOf(values: readonly number[]) {
  return { data: new Int32Array(values), shape: [values.length] };
}

function countOf(labels: ArrayLike<number>, label: number): number {
  return Array.from(labels).filter((other) => other === label).length;
}

const splits = {
  stratifiedSplit: (counts: Record<string, number>, seed = 0) =>
    stratifiedSplit(iris().y, { counts, random: random(seed) }),
  randomSplit: (counts: Record<string, number>, seed = 0) =>
    randomSplit(150, { counts, random: random(seed) }),
};

for (const [name, split] of Object.entries(splits)) {
  describe(`${name}()`, () => {
    it("puts each row into one part", () => {
      const { training, validation, test } = split(counts);
      assertEquals([training.length, validation.length, test.length], [105, 15, 30]);
      assertEquals(
        [...training, ...validation, ...test].sort((a, b) => a - b),
        Array.from({ length: 150 }, (_, row) => row),
      );
    });

    it("leaves out the rows beyond the counts", () => {
      const { a, b } = split({ a: 10, b: 20 });
      assertEquals(new Set([...a, ...b]).size, 30);
    });

    it("shuffles by the stream alone", () => {
      assertEquals(split(counts, 1), split(counts, 1));
      assertNotEquals(split(counts, 1), split(counts, 2));
      const { training } = split(counts);
      assertNotEquals(training, training.toSorted());
    });

    it("refuses counts beyond the rows", () => {
      assertThrows(
        () => split({ training: 105, validation: 15, test: 31 }),
        RangeError,
        "Cannot split 150 rows as the counts must not exceed them: found a sum of 151",
      );
    });

    it("refuses an empty part and counts that are not whole", () => {
      for (const count of [0, -1, 1.5, NaN, Infinity]) {
        assertThrows(
          () => split({ training: 105, test: count }),
          RangeError,
          `Cannot split 150 rows as each count must be a whole number above 0: ` +
            `found ${count} for test`,
        );
      }
      assertThrows(
        () => split({}),
        RangeError,
        "Cannot split 150 rows as there must be a part: found none",
      );
    });
  });
}

describe("stratifiedSplit()", () => {
  it("keeps the proportions of iris exactly", () => {
    const { y } = iris();
    const parts = stratifiedSplit(y, { counts, random: random(3) });
    const labels = (rows: Int32Array) => takeRows(y, rows).data;
    for (const label of [0, 1, 2]) {
      assertEquals(countOf(labels(parts.training), label), 35);
      assertEquals(countOf(labels(parts.validation), label), 5);
      assertEquals(countOf(labels(parts.test), label), 10);
    }
  });

  it("mixes the classes within a part", () => {
    const { y } = iris();
    const { training } = stratifiedSplit(y, { counts, random: random(0) });
    const labels = takeRows(y, training).data;
    assertNotEquals(labels, labels.toSorted());
  });

  it("gives each class its share of each part, rounded down or up", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -2, max: 3 }), { minLength: 3, maxLength: 60 }),
        fc.tuple(fc.nat(), fc.nat()),
        (values, cuts) => {
          const n = values.length;
          const a = 1 + cuts[0] % (n - 1);
          const b = 1 + cuts[1] % (n - a);
          const parts = stratifiedSplit(labelsOf(values), {
            counts: { a, b },
            random: random(cuts[0]),
          });
          assertEquals([parts.a.length, parts.b.length], [a, b]);
          assertEquals(new Set([...parts.a, ...parts.b]).size, a + b);
          for (const label of new Set(values)) {
            for (const part of [parts.a, parts.b]) {
              const found = countOf(part.map((row) => values[row]), label);
              assert(Math.abs(found * n - countOf(values, label) * part.length) < n);
            }
          }
        },
      ),
    );
  });

  it("gives each row of a class the same chance", () => {
    const stream = random(5);
    const hits = new Int32Array(10);
    for (let i = 0; i < 4000; i++) {
      const options = { counts: { one: 5 }, random: stream };
      for (const row of stratifiedSplit(labelsOf([0, 0, 0, 0, 0, 0, 1, 1, 1, 1]), options).one) {
        hits[row]++;
      }
    }
    // 2000 expected of each; 5 deviations of the binomial distribution are 158.
    for (const hit of hits) assert(Math.abs(hit - 2000) < 158, `found ${hits.join(", ")}`);
  });

  it("refuses labels in another shape", () => {
    assertThrows(
      () =>
        stratifiedSplit({ data: new Int32Array(4), shape: [2, 2] }, {
          counts: { a: 1 },
          random: random(0),
        }),
      TypeError,
      "Cannot split rows by labels as their shape must be [rows]: found [2, 2]",
    );
  });
});

describe("randomSplit()", () => {
  it("refuses rows that are no number", () => {
    assertThrows(
      () => randomSplit(NaN, { counts: { a: 1 }, random: random(0) }),
      RangeError,
      "Cannot split rows as their number must be whole: found NaN",
    );
  });
});
