import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fitNormalizer, Normalizer, normalizerFromJson } from "./normalize.ts";

const table = (columns: number, values: number[]) => ({
  data: new Float32Array(values),
  shape: [values.length / columns, columns],
});

describe("fitNormalizer()", () => {
  it("finds the least and the greatest value of each column", () => {
    const { minimum, maximum } = fitNormalizer(table(2, [3, -1, 1, 0, 2, -5]));
    assertEquals(minimum, [1, -5]);
    assertEquals(maximum, [3, 0]);
  });

  it("takes channels of images as columns", () => {
    const { minimum, maximum } = fitNormalizer({
      data: new Uint8Array([9, 40, 2, 60, 4, 10, 6, 255]),
      shape: [2, 1, 2, 2],
    });
    assertEquals(minimum, [2, 10]);
    assertEquals(maximum, [9, 255]);
  });

  it("refuses a constant column and names it", () => {
    assertThrows(
      () => fitNormalizer(table(2, [5, 1, 5, 2])),
      RangeError,
      "Cannot normalize column 0 as its values must differ: found only 5",
    );
  });

  it("refuses values that are not finite and arrays without rows", () => {
    assertThrows(
      () => fitNormalizer(table(1, [5, -Infinity])),
      RangeError,
      "Cannot fit a normalizer to x as its values must be finite: " +
        "found -Infinity in row 1, column 0",
    );
    assertThrows(
      () => fitNormalizer(table(3, [])),
      TypeError,
      "Cannot fit a normalizer to x as it must have rows and columns: found shape [0, 3]",
    );
  });
});

describe("Normalizer", () => {
  const normalizer = new Normalizer({ minimum: [1, -2], maximum: [5, 0] });

  it("maps the range to 0 to 1, what lies outside to outside, and back", () => {
    const x = table(2, [1, 0, 5, -2, 2, -1, 9, 2]);
    const y = normalizer.transform(x);
    assertEquals(y, table(2, [0, 1, 1, 0, 0.25, 0.5, 2, 2]));
    assertEquals(normalizer.inverse(y), x);
  });

  it("refuses arrays of other columns", () => {
    assertThrows(
      () => normalizer.transform(table(1, [1])),
      TypeError,
      "Cannot normalize x as its last axis must have the length of the fit, 2: found shape [1, 1]",
    );
    assertThrows(
      () => normalizer.inverse(table(1, [1])),
      TypeError,
      "Cannot undo the normalizing of y as its last axis must have the length of the fit, 2: " +
        "found shape [1, 1]",
    );
  });

  it("refuses a range that is none", () => {
    for (const [low, high] of [[1, 1], [2, 1], [NaN, 1], [0, Infinity], [-1e308, 1e308]]) {
      assertThrows(
        () => new Normalizer({ minimum: [low], maximum: [high] }),
        RangeError,
        `Cannot make a normalizer as minimum must be below maximum, both finite: ` +
          `found ${low} and ${high} for column 0`,
      );
    }
    assertThrows(
      () => new Normalizer({ minimum: [], maximum: [1] }),
      TypeError,
      "Cannot make a normalizer as it must have two numbers for each column: found 0 and 1",
    );
  });
});

describe("normalizerFromJson()", () => {
  it("reads what toJSON() wrote", () => {
    const normalizer = fitNormalizer(table(2, [0.1, 1e-30, 0.3, 2e-30]));
    assertEquals(normalizerFromJson(JSON.parse(JSON.stringify(normalizer))), normalizer);
  });

  it("refuses anything else", () => {
    assertThrows(
      () => normalizerFromJson({ mean: [0], deviation: [1] }),
      TypeError,
      "Cannot read a normalizer as its keys must be minimum and maximum: found mean, deviation",
    );
    assertThrows(
      () => normalizerFromJson({ minimum: [0], maximum: [[1]] }),
      TypeError,
      "Cannot read a normalizer as maximum must be a list of numbers: found [[1]]",
    );
  });
});
