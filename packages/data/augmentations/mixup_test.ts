import { random } from "@gradus/random";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { mixup } from "./mixup.ts";

/** Rows of which each pixel is the row, and each target its class. */
function batchOf(rows: number) {
  return {
    x: {
      data: Float32Array.from({ length: rows * 4 }, (_, i) => Math.floor(i / 4)),
      shape: [rows, 2, 1, 2],
    },
    y: {
      data: Float32Array.from(
        { length: rows * rows },
        (_, i) => Number(Math.floor(i / rows) === i % rows),
      ),
      shape: [rows, rows],
    },
  };
}

describe("mixup()", () => {
  it("blends each row with the one at the other end, and the targets alike", () => {
    for (const rows of [1, 2, 5]) {
      const { x, y } = batchOf(rows);
      mixup({ alpha: 1, classes: rows }).mix({ x, y }, random(4));
      const share = y.data[0];
      assert(rows === 1 ? share === 1 : share > 0 && share < 1);
      for (let row = 0; row < rows; row++) {
        const other = rows - 1 - row;
        const expected = share * row + (1 - share) * other;
        for (let i = 0; i < 4; i++) assertAlmostEquals(x.data[4 * row + i], expected, 1e-6);
        for (let c = 0; c < rows; c++) {
          const target = share * Number(c === row) + (1 - share) * Number(c === other);
          assertAlmostEquals(y.data[row * rows + c], target, 1e-6);
        }
      }
    }
  });

  it("is a function of the stream", () => {
    const mixed = [7, 7, 8].map((seed) => {
      const batch = batchOf(3);
      mixup({ alpha: 0.4, classes: 3 }).mix(batch, random(seed));
      return [...batch.x.data];
    });
    assertEquals(mixed[0], mixed[1]);
    assert(mixed[0][0] !== mixed[2][0]);
  });

  it("refuses an alpha and classes that are none", () => {
    for (const alpha of [0, -1, NaN, Infinity]) {
      assertThrows(
        () => mixup({ alpha, classes: 10 }),
        RangeError,
        `Cannot mix images up as alpha must be finite and above 0: found ${alpha}`,
      );
    }
    for (const classes of [0, 1.5, NaN]) {
      assertThrows(
        () => mixup({ alpha: 1, classes }),
        RangeError,
        `Cannot mix images up as the classes must be a whole number above 0: found ${classes}`,
      );
    }
  });
});
