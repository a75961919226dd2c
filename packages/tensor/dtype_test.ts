import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { arrayOf } from "./dtype.ts";

describe("arrayOf()", () => {
  it("gives zeros in the array of each dtype", () => {
    assertEquals(arrayOf("float32", 2), new Float32Array(2));
    assertEquals(arrayOf("float64", 3), new Float64Array(3));
    assertEquals(arrayOf("int32", 1), new Int32Array(1));
  });
});
