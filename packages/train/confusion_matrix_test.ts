import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { confusionMatrix } from "./mod.ts";

describe("confusionMatrix()", () => {
  it("has a row for each true class, a column for each predicted one", () => {
    const labels = new Int32Array([0, 0, 2, 2, 2]);
    assertEquals(confusionMatrix(labels, [0, 1, 0, 2, 2], { classes: 3 }), [
      [1, 1, 0],
      [0, 0, 0],
      [1, 0, 2],
    ]);
    assertEquals(confusionMatrix([], [], { classes: 1 }), [[0]]);
  });

  it("counts each row once, and is transposed when labels and predictions are", () => {
    const pairs = fc.array(fc.tuple(fc.nat(3), fc.nat(3)));
    fc.assert(fc.property(pairs, (rows) => {
      const [a, b] = [rows.map(([label]) => label), rows.map(([, prediction]) => prediction)];
      const counts = confusionMatrix(a, b, { classes: 4 });
      const other = confusionMatrix(b, a, { classes: 4 });
      assertEquals(counts, other.map((row, i) => row.map((_, j) => other[j]![i]!)));
      assertEquals(counts.flat().reduce((sum, count) => sum + count, 0), rows.length);
      counts.forEach((row, label) =>
        assertEquals(
          row.reduce((sum, count) => sum + count, 0),
          a.filter((other) => other === label).length,
        )
      );
    }));
  });

  it("refuses a class that is none, and names its row", () => {
    for (const bad of [-1, 2, 0.5, NaN]) {
      assertThrows(
        () => confusionMatrix([0, bad], [0, 0], { classes: 2 }),
        RangeError,
        `Cannot count confusions as each label must be in [0, 2): found ${bad} at row 1`,
      );
      assertThrows(
        () => confusionMatrix([0, 0], [0, bad], { classes: 2 }),
        RangeError,
        `Cannot count confusions as each prediction must be in [0, 2): found ${bad} at row 1`,
      );
    }
    for (const classes of [0, -1, 1.5, NaN]) {
      assertThrows(
        () => confusionMatrix([], [], { classes }),
        RangeError,
        `Cannot count confusions as classes must be a whole number of at least 1: found ${classes}`,
      );
    }
  });

  it("refuses labels and predictions of different lengths", () => {
    assertThrows(
      () => confusionMatrix([0], [0, 0], { classes: 2 }),
      TypeError,
      "Cannot count confusions as there must be as many labels as predictions: found 1 and 2",
    );
  });
});
