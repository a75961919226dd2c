import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { classReport } from "./mod.ts";

describe("classReport()", () => {
  it("gives precision, recall, F1 and support of each class", () => {
    assertEquals(classReport([[5, 1, 0], [2, 3, 0], [0, 0, 4]]), [
      { precision: 5 / 7, recall: 5 / 6, f1: 10 / 13, support: 6 },
      { precision: 3 / 4, recall: 3 / 5, f1: 6 / 9, support: 5 },
      { precision: 1, recall: 1, f1: 1, support: 4 },
    ]);
  });

  it("has null where a share is of nothing, 0 where nothing is right", () => {
    assertEquals(classReport([[0, 2, 0], [0, 3, 0], [0, 0, 0]]), [
      { precision: null, recall: 0, f1: 0, support: 2 },
      { precision: 3 / 5, recall: 1, f1: 6 / 8, support: 3 },
      { precision: null, recall: null, f1: null, support: 0 },
    ]);
    assertEquals(classReport([]), []);
  });

  it("refuses what is no confusion matrix", () => {
    assertThrows(
      () => classReport([[1, 2], [3]]),
      TypeError,
      "Cannot report classes as the matrix must be square: found 2 rows of 2, 1",
    );
    for (const bad of [-1, 0.5, NaN, Infinity]) {
      assertThrows(
        () => classReport([[1, 2], [bad, 3]]),
        RangeError,
        `Cannot report classes as each count must be a whole number of at least 0: found ${bad}`,
      );
    }
  });
});
