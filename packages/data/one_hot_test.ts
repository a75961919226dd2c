import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { oneHot } from "./one_hot.ts";

const labels = (...values: number[]) => ({ data: new Int32Array(values), shape: [values.length] });

describe("oneHot()", () => {
  it("puts a 1 in the column of each label", () => {
    assertEquals(oneHot(labels(1, 0, 1), 2), {
      data: new Float32Array([0, 1, 1, 0, 0, 1]),
      shape: [3, 2],
    });
    assertEquals(oneHot(labels(), 2), { data: new Float32Array(0), shape: [0, 2] });
  });

  it("refuses a label out of range and names its row", () => {
    assertThrows(
      () => oneHot(labels(0, 3), 3),
      RangeError,
      "Cannot encode the label of row 1 as it must be from 0 to 2: found 3",
    );
    assertThrows(
      () => oneHot(labels(-1), 3),
      RangeError,
      "Cannot encode the label of row 0 as it must be from 0 to 2: found -1",
    );
  });

  it("refuses a number of classes that is none", () => {
    for (const classes of [0, -1, 2.5, NaN, Infinity]) {
      assertThrows(
        () => oneHot(labels(0), classes),
        RangeError,
        `Cannot encode labels as the classes must be a whole number above 0: found ${classes}`,
      );
    }
  });

  it("refuses labels in another shape", () => {
    assertThrows(
      () => oneHot({ data: new Int32Array(2), shape: [2, 1] }, 3),
      TypeError,
      "Cannot encode labels as their shape must be [rows]: found [2, 1]",
    );
    assertThrows(
      () => oneHot({ data: new Int32Array(2), shape: [3] }, 3),
      TypeError,
      "Cannot encode labels as its values must fill its shape: found 2 in [3]",
    );
  });
});
