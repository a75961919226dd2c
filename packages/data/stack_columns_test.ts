import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { stackColumns } from "./stack_columns.ts";

const column = (...values: number[]) => ({
  data: new Float64Array(values),
  shape: [values.length],
});

describe("stackColumns()", () => {
  it("puts columns side by side", () => {
    const labels = { data: new Int32Array([7, 8]), shape: [2] };
    assertEquals(stackColumns([column(1, 2), column(3, 4), labels]), {
      data: new Float32Array([1, 3, 7, 2, 4, 8]),
      shape: [2, 3],
    });
  });

  it("keeps infinite values and refuses finite ones that become so", () => {
    assertEquals(stackColumns([column(Infinity)]).data[0], Infinity);
    assertThrows(
      () => stackColumns([column(1, 2), column(3, -1e300)]),
      RangeError,
      "Cannot stack column 1 as its values must fit float32: found -1e+300 in row 1",
    );
  });

  it("refuses no columns, columns of different lengths and matrices", () => {
    assertThrows(
      () => stackColumns([]),
      TypeError,
      "Cannot stack columns as there must be at least one: found none",
    );
    assertThrows(
      () => stackColumns([column(1, 2), column(3)]),
      TypeError,
      "Cannot stack column 1 as its shape must be [2]: found [1]",
    );
    assertThrows(
      () => stackColumns([{ data: new Float32Array(2), shape: [2, 1] }]),
      TypeError,
      "Cannot stack column 0 as its shape must be [2]: found [2, 1]",
    );
    assertThrows(
      () => stackColumns([{ data: new Float32Array(2), shape: [3] }]),
      TypeError,
      "Cannot stack column 0 as its values must fill its shape: found 2 in [3]",
    );
  });
});
