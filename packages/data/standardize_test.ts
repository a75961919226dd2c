import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { fitStandardizer, Standardizer, standardizerFromJson } from "./standardize.ts";

const table = (columns: number, values: number[]) => ({
  data: new Float32Array(values),
  shape: [values.length / columns, columns],
});

describe("fitStandardizer()", () => {
  it("finds the mean and the population deviation of each column", () => {
    const { mean, deviation } = fitStandardizer(table(2, [2, 0, 4, 0, 4, 0, 4, 8]));
    assertEquals(mean, [3.5, 2]);
    assertAlmostEquals(deviation[0], Math.sqrt(0.75), 1e-15);
    assertAlmostEquals(deviation[1], Math.sqrt(12), 1e-15);
  });

  it("takes channels of images as columns", () => {
    const data = new Uint8Array([0, 10, 2, 20, 4, 30, 6, 40]);
    const standardizer = fitStandardizer({ data, shape: [1, 2, 2, 2] });
    assertEquals(standardizer.mean, [3, 25]);
    assertAlmostEquals(standardizer.deviation[0], Math.sqrt(5), 1e-15);
    assertAlmostEquals(standardizer.deviation[1], Math.sqrt(125), 1e-14);
  });

  it("does not cancel where the mean is large", () => {
    const data = new Float64Array([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);
    const { mean, deviation } = fitStandardizer({ data, shape: [4, 1] });
    assertEquals(mean, [1e9 + 10]);
    assertAlmostEquals(deviation[0], Math.sqrt(22.5), 1e-14);
  });

  it("gives columns of mean 0 and deviation 1", () => {
    const cell = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 2 }), (rows) => {
        const x = table(2, rows.flat());
        const isFlat = (j: number) => new Set(rows.map((row) => Math.fround(row[j]))).size < 2;
        fc.pre(!isFlat(0) && !isFlat(1));
        const fit = fitStandardizer(x);
        fc.pre(fit.deviation.every((deviation) => deviation > 1e-2));
        const again = fitStandardizer(fit.transform(x));
        for (const j of [0, 1]) {
          assertAlmostEquals(again.mean[j], 0, 1e-6);
          assertAlmostEquals(again.deviation[j], 1, 1e-6);
        }
      }),
    );
  });

  it("refuses a constant column and names it", () => {
    const rows = Array.from({ length: 7 }, (_, row) => [row, 0.1]).flat();
    assertThrows(
      () => fitStandardizer(table(2, rows)),
      RangeError,
      `Cannot standardize column 1 as its values must differ: found only ${Math.fround(0.1)}`,
    );
    assertThrows(
      () => fitStandardizer({ data: new Uint8Array([1, 5, 2, 5]), shape: [1, 1, 2, 2] }),
      RangeError,
      "Cannot standardize channel 1 as its values must differ: found only 5",
    );
    assertThrows(
      () => fitStandardizer(table(1, [3])),
      RangeError,
      "Cannot standardize column 0 as its values must differ: found only 3",
    );
  });

  it("adds epsilon to the variance, so that a constant column becomes zeros", () => {
    const x = table(2, [1, 7, 3, 7]);
    const standardizer = fitStandardizer(x, { epsilon: 3 });
    assertEquals(standardizer.deviation, [2, Math.sqrt(3)]);
    assertEquals(standardizer.transform(x), table(2, [-0.5, 0, 0.5, 0]));
  });

  it("refuses values that are not finite and names their place", () => {
    assertThrows(
      () => fitStandardizer(table(2, [1, 2, 3, NaN])),
      RangeError,
      "Cannot fit a standardizer to x as its values must be finite: found NaN in row 1, column 1",
    );
    assertThrows(
      () => fitStandardizer({ data: new Float32Array([1, 2, 3, Infinity]), shape: [1, 2, 2] }),
      RangeError,
      "Cannot fit a standardizer to x as its values must be finite: " +
        "found Infinity in row 0, channel 1",
    );
  });

  it("refuses arrays without rows and columns", () => {
    for (const shape of [[0, 4], [4, 0], [0]]) {
      assertThrows(
        () => fitStandardizer({ data: new Float32Array(0), shape }),
        TypeError,
        `Cannot fit a standardizer to x as it must have rows and columns: ` +
          `found shape [${shape.join(", ")}]`,
      );
    }
    assertThrows(
      () => fitStandardizer({ data: new Float32Array(3), shape: [3] }),
      TypeError,
      "Cannot fit a standardizer to x as it must have rows and columns: found shape [3]",
    );
  });

  it("refuses an epsilon that is negative or not finite", () => {
    for (const epsilon of [-1e-9, NaN, Infinity]) {
      assertThrows(
        () => fitStandardizer(table(1, [1, 2]), { epsilon }),
        RangeError,
        `Cannot fit a standardizer to x as epsilon must be finite and at least 0: ` +
          `found ${epsilon}`,
      );
    }
  });
});

describe("Standardizer", () => {
  const standardizer = new Standardizer({ mean: [10, -1], deviation: [2, 0.5] });

  it("transforms any array whose last axis is the columns, and back", () => {
    const x = { data: new Float32Array([12, -1, 10, 0, 8, -1.5]), shape: [1, 3, 2] };
    const y = standardizer.transform(x);
    assertEquals(y, { data: new Float32Array([1, 0, 0, 2, -1, -1]), shape: [1, 3, 2] });
    assertEquals(standardizer.inverse(y), x);
  });

  it("keeps NaN", () => {
    assert(Number.isNaN(standardizer.transform(table(2, [NaN, 0])).data[0]));
  });

  it("refuses arrays of other columns", () => {
    assertThrows(
      () => standardizer.transform(table(3, [1, 2, 3])),
      TypeError,
      "Cannot standardize x as its last axis must have the length of the fit, 2: " +
        "found shape [1, 3]",
    );
    assertThrows(
      () => standardizer.inverse({ data: new Float32Array(1), shape: [] }),
      TypeError,
      "Cannot undo the standardizing of y as its last axis must have the length of the fit, 2: " +
        "found shape []",
    );
  });

  it("refuses statistics that are no mean and deviation", () => {
    assertThrows(
      () => new Standardizer({ mean: [NaN], deviation: [1] }),
      RangeError,
      "Cannot make a standardizer as means must be finite: found NaN for column 0",
    );
    for (const deviation of [0, -1, NaN, Infinity]) {
      assertThrows(
        () => new Standardizer({ mean: [0, 0], deviation: [1, deviation] }),
        RangeError,
        `Cannot make a standardizer as deviations must be finite and above 0: ` +
          `found ${deviation} for column 1`,
      );
    }
    assertThrows(
      () => new Standardizer({ mean: [0, 0], deviation: [1] }),
      TypeError,
      "Cannot make a standardizer as it must have two numbers for each column: found 2 and 1",
    );
  });
});

describe("standardizerFromJson()", () => {
  it("reads what toJSON() wrote, to the last bit", () => {
    const standardizer = fitStandardizer(table(2, [0.1, 1e-30, 0.3, 2e-30, 0.7, 5e-30]));
    const json = JSON.stringify(standardizer);
    assertEquals(Object.keys(JSON.parse(json)), ["mean", "deviation"]);
    assertEquals(standardizerFromJson(JSON.parse(json)), standardizer);
  });

  it("refuses anything else", () => {
    const cases: [unknown, string][] = [
      [null, "its keys must be mean and deviation: found none"],
      ["x", "its keys must be mean and deviation: found none"],
      [{ mean: [0] }, "its keys must be mean and deviation: found mean"],
      [
        { mean: [0], deviation: [1], kind: "z" },
        "its keys must be mean and deviation: found mean, deviation, kind",
      ],
      [{ mean: [0], variance: [1] }, "its keys must be mean and deviation: found mean, variance"],
      [{ mean: 0, deviation: [1] }, "mean must be a list of numbers: found 0"],
      [{ mean: [0], deviation: ["1"] }, 'deviation must be a list of numbers: found ["1"]'],
      [{ mean: [null], deviation: [1] }, "mean must be a list of numbers: found [null]"],
    ];
    for (const [json, message] of cases) {
      assertThrows(
        () => standardizerFromJson(json),
        TypeError,
        `Cannot read a standardizer as ${message}`,
      );
    }
    assertThrows(
      () => standardizerFromJson({ mean: [], deviation: [] }),
      TypeError,
      "Cannot make a standardizer as it must have two numbers for each column: found 0 and 0",
    );
  });
});
