import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { takeRows } from "./take_rows.ts";

const x = { data: new Float32Array([1, 2, 3, 4, 5, 6]), shape: [3, 2] };

describe("takeRows()", () => {
  it("takes rows in any order, twice or not at all", () => {
    const taken = takeRows(x, new Int32Array([2, 0, 2]));
    assertEquals(taken, { data: new Float32Array([5, 6, 1, 2, 5, 6]), shape: [3, 2] });
    assertEquals(takeRows(x, []), { data: new Float32Array(0), shape: [0, 2] });
  });

  it("keeps the type of the values and copies them", () => {
    for (const type of [Float32Array, Float64Array, Int32Array, Uint8Array]) {
      const data = new type([1, 2]);
      const taken = takeRows({ data, shape: [2] }, [1, 0]);
      assertEquals(taken, { data: new type([2, 1]), shape: [2] });
      assertEquals(data, new type([1, 2]));
    }
  });

  it("takes short and long rows alike", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 130 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (rows, length, numbers) => {
          const data = Int32Array.from({ length: rows * length }, (_, i) => i);
          const index = numbers.map((number) => number % rows);
          const taken = takeRows({ data, shape: [rows, length] }, index);
          const expected = index.flatMap((row) =>
            Array.from({ length }, (_, i) => row * length + i)
          );
          assertEquals(taken, { data: new Int32Array(expected), shape: [index.length, length] });
        },
      ),
    );
  });

  it("takes rows of x and y of a dataset and nothing else of it", () => {
    const y = { data: new Int32Array([7, 8, 9]), shape: [3] };
    const dataset = { x, y, classes: ["a"] };
    assertEquals(takeRows(dataset, [1]), {
      x: { data: new Float32Array([3, 4]), shape: [1, 2] },
      y: { data: new Int32Array([8]), shape: [1] },
    });
  });

  it("refuses rows that there are not", () => {
    for (const row of [3, -1, 0.5, NaN]) {
      assertThrows(
        () => takeRows(x, [0, row]),
        RangeError,
        `Cannot take rows of the array as each must be a whole number from 0 to 2: found ${row}`,
      );
    }
    const y = { data: new Int32Array(2), shape: [2] };
    assertThrows(
      () => takeRows({ x, y }, [2]),
      RangeError,
      "Cannot take rows of y as each must be a whole number from 0 to 1: found 2",
    );
  });

  it("refuses an array without rows or with values that do not fill its shape", () => {
    assertThrows(
      () => takeRows({ data: new Float32Array(1), shape: [] }, []),
      TypeError,
      "Cannot take rows of the array as its first axis must be its rows: found a shape []",
    );
    assertThrows(
      () => takeRows({ data: new Float32Array(5), shape: [3, 2] }, []),
      TypeError,
      "Cannot take rows of the array as its values must fill its shape: found 5 in [3, 2]",
    );
    assertThrows(
      () => takeRows({ data: new Float32Array(6), shape: [-3, -2] }, []),
      TypeError,
      "Cannot take rows of the array as lengths of axes must be whole numbers: found [-3, -2]",
    );
  });
});
