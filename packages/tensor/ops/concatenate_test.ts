import { assertThrowsExactly } from "@gradus/testing";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { goldenTensor, readNumbers } from "../golden/_read_numbers_test.ts";
import golden from "../golden/operations.json" with { type: "json" };
import { reference } from "../reference.ts";
import { ShapeError } from "../shape_error.ts";
import { tensor, zeros } from "../tensor.ts";
import { concatenate } from "./concatenate.ts";
import { negate } from "./elementwise.ts";

const backend = reference();

describe("concatenate()", () => {
  it("joins along any axis as NumPy does", async () => {
    const x = goldenTensor(backend, golden.movements.x);
    for (const { axis, y } of golden.movements.concatenations) {
      const joined = concatenate([x, negate(x), x], { axis });
      assertEquals(joined.shape, y.shape);
      assertEquals(await joined.data(), Float32Array.from(readNumbers(y.values)));
    }
  });
  it("joins one tensor, of other lengths too, and integers", async () => {
    const labels = concatenate(
      [tensor(backend, new Int32Array([1, 2])), tensor(backend, new Int32Array([3]))],
    );
    assertEquals(await labels.data(), new Int32Array([1, 2, 3]));
    assertEquals(await concatenate([tensor(backend, [4])]).data(), new Float32Array([4]));
  });
  it("writes into out, which must not be an input", async () => {
    const x = tensor(backend, [1, 2]);
    const out = zeros(backend, [4]);
    assertStrictEquals(concatenate([x, x], { out }), out);
    assertEquals(await out.data(), new Float32Array([1, 2, 1, 2]));
    assertThrowsExactly(
      () => concatenate([out.prefix(2), x], { out }),
      Error,
      "Cannot concatenate into out as it must not share memory with an input",
    );
    assertThrowsExactly(
      () => concatenate([x], { out }),
      ShapeError,
      "Cannot concatenate into out as it must be float32 [2]: found float32 [4]",
    );
  });
  it("refuses nothing, another dtype, rank or length, another backend, and an axis out of range", () => {
    const x = zeros(backend, [2, 3]);
    assertThrowsExactly(
      () => concatenate([]),
      ShapeError,
      "Cannot concatenate as there must be at least one tensor: found none",
    );
    const others =
      "Cannot concatenate along axis 0 as dtypes and all other lengths must be equal: found float32 [2, 3] and";
    assertThrowsExactly(
      () => concatenate([x, zeros(backend, [2, 3], { dtype: "int32" })]),
      ShapeError,
      `${others} int32 [2, 3]`,
    );
    assertThrowsExactly(
      () => concatenate([x, zeros(backend, [2, 4])]),
      ShapeError,
      `${others} float32 [2, 4]`,
    );
    assertThrowsExactly(
      () => concatenate([x, zeros(backend, [2, 3, 1])]),
      ShapeError,
      `${others} float32 [2, 3, 1]`,
    );
    assertThrowsExactly(
      () => concatenate([x, zeros(reference(), [2, 3])]),
      TypeError,
      "Cannot concatenate as all tensors must be on one backend: found reference and reference (two of them)",
    );
    assertThrowsExactly(
      () => concatenate([x], { axis: 2 }),
      RangeError,
      "Cannot use axis 2 of [2, 3] as an axis must be in [-2, 2)",
    );
  });
});
