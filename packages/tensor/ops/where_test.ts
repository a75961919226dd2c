import { assertThrowsExactly } from "@gradus/testing";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { readNumbers } from "../golden/_read_numbers_test.ts";
import golden from "../golden/operations.json" with { type: "json" };
import { reference } from "../reference.ts";
import { ShapeError } from "../shape_error.ts";
import { tensor, zeros } from "../tensor.ts";
import { where } from "./where.ts";

const backend = reference();

describe("where()", () => {
  it("takes NaN and infinities for true, and both zeros for false, as NumPy does", async () => {
    const condition = tensor(backend, readNumbers(golden.specials.x));
    assertEquals(
      await where(condition, { a: 1, b: 0 }).data(),
      Float32Array.from(readNumbers(golden.specials.where)),
    );
  });
  it("broadcasts all three", async () => {
    const y = where(tensor(backend, [[1], [0]]), { a: tensor(backend, [1, 2]), b: 5 });
    assertEquals(y.shape, [2, 2]);
    assertEquals(await y.data(), new Float32Array([1, 2, 5, 5]));
    const z = where(tensor(backend, [0]), { a: 5, b: tensor(backend, [[1], [2]]) });
    assertEquals(z.shape, [2, 1]);
    assertEquals(await z.data(), new Float32Array([1, 2]));
  });
  it("writes into out, which may be any of the three", async () => {
    for (const place of [0, 1, 2]) {
      const all = [[1, 0], [3, 4], [5, 6]].map((values) => tensor(backend, values));
      const out = all[place]!;
      assertStrictEquals(where(all[0]!, { a: all[1]!, b: all[2]!, out }), out);
      assertEquals(await out.data(), new Float32Array([3, 6]));
    }
  });
  it("refuses integers, two backends, shapes that do not broadcast, and another out", () => {
    const x = zeros(backend, [2]);
    assertThrowsExactly(
      () => where(zeros(backend, [2], { dtype: "int32" }), { a: x, b: x }),
      ShapeError,
      "Cannot choose as numbers must be float32: found int32 [2]",
    );
    assertThrowsExactly(
      () => where(x, { a: x, b: zeros(reference(), [2]) }),
      TypeError,
      "Cannot choose as all tensors must be on one backend: found reference and reference (two of them)",
    );
    assertThrowsExactly(
      () => where(zeros(backend, [3]), { a: x, b: 1 }),
      ShapeError,
      "Cannot broadcast [3] with [2] as aligned lengths must be equal or 1: found 3 and 2",
    );
    assertThrowsExactly(
      () => where(x, { a: 1, b: 2, out: zeros(backend, []) }),
      ShapeError,
      "Cannot choose into out as it must be float32 [2]: found float32 []",
    );
    const large = zeros(backend, [2, 2]);
    assertThrowsExactly(
      () => where(large.prefix(1), { a: large, b: 0, out: large }),
      ShapeError,
      "Cannot choose into out as an input that shares its memory must have its shape: found [1, 2] and [2, 2]",
    );
  });
});
