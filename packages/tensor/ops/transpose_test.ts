import { assertThrowsExactly } from "@gradus/testing";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { goldenTensor, readNumbers } from "../golden/_read_numbers_test.ts";
import golden from "../golden/operations.json" with { type: "json" };
import { reference } from "../reference.ts";
import { ShapeError } from "../shape_error.ts";
import { tensor, zeros } from "../tensor.ts";
import { transpose } from "./transpose.ts";

const backend = reference();

describe("transpose()", () => {
  it("reorders axes as NumPy does", async () => {
    const x = goldenTensor(backend, golden.movements.x);
    for (const { axes, y } of golden.movements.transposes) {
      const turned = transpose(x, axes === null ? {} : { axes });
      assertEquals(turned.shape, y.shape);
      assertEquals(await turned.data(), Float32Array.from(readNumbers(y.values)));
    }
  });
  it("turns integers, and leaves a single number as it is", async () => {
    const labels = transpose(tensor(backend, new Int32Array([1, 2, 3, 4]), { shape: [2, 2] }));
    assertEquals(await labels.data(), new Int32Array([1, 3, 2, 4]));
    assertEquals(await transpose(tensor(backend, 7)).item(), 7);
  });
  it("writes into out, which must not be x", async () => {
    const x = tensor(backend, [[1, 2]]);
    const out = zeros(backend, [2, 1]);
    assertStrictEquals(transpose(x, { out }), out);
    assertEquals(await out.data(), new Float32Array([1, 2]));
    assertThrowsExactly(
      () => transpose(x, { out: x.reshape([2, 1]) }),
      Error,
      "Cannot transpose into out as it must not share memory with an input",
    );
    assertThrowsExactly(
      () => transpose(x, { out: zeros(backend, [1, 2]) }),
      ShapeError,
      "Cannot transpose into out as it must be float32 [2, 1]: found float32 [1, 2]",
    );
  });
  it("refuses axes that are not each axis once", () => {
    const x = zeros(backend, [2, 3]);
    assertThrowsExactly(
      () => transpose(x, { axes: [0] }),
      ShapeError,
      "Cannot transpose [2, 3] as axes must name each axis once: found [0]",
    );
    assertThrowsExactly(
      () => transpose(x, { axes: [1, -1] }),
      RangeError,
      "Cannot use axes [1, -1] of [2, 3] as each axis must be given once: found 1 twice",
    );
    assertThrowsExactly(
      () => transpose(x, { axes: [0, 2] }),
      RangeError,
      "Cannot use axis 2 of [2, 3] as an axis must be in [-2, 2)",
    );
    assertThrowsExactly(
      () => transpose(x, { axes: [0, 0.5] }),
      RangeError,
      "Cannot use axis 0.5 of [2, 3] as an axis must be in [-2, 2)",
    );
  });
});
