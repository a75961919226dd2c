import { assertThrowsExactly } from "@gradus/testing";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { readNumbers } from "../golden/_read_numbers_test.ts";
import golden from "../golden/operations.json" with { type: "json" };
import { reference } from "../reference.ts";
import { ShapeError } from "../shape_error.ts";
import { tensor, zeros } from "../tensor.ts";
import { equal, greater, greaterEqual, less, lessEqual, notEqual } from "./comparison.ts";

const ops = { equal, notEqual, less, lessEqual, greater, greaterEqual };
const backend = reference();

describe("comparison", () => {
  for (const [name, op] of Object.entries(ops)) {
    it(`${name}() compares NaN, infinities and zeros as NumPy does`, async () => {
      const values = readNumbers(golden.specials.x);
      const result = op(
        tensor(backend, values, { shape: [values.length, 1] }),
        tensor(backend, values),
      );
      assertEquals(result.shape, [values.length, values.length]);
      assertEquals(
        await result.data(),
        Float32Array.from(readNumbers(golden.specials.binary[name as keyof typeof ops])),
      );
    });
    it(`${name}() compares integers, and numbers on either side`, async () => {
      const labels = tensor(backend, new Int32Array([1, 2, 3]));
      const numbers = tensor(backend, [1, 2, 3]);
      assertEquals(await op(labels, 2).data(), await op(numbers, 2).data());
      assertEquals(await op(2, labels).data(), await op(2, numbers).data());
      const other = new Int32Array([3, 2, 1]);
      assertEquals(
        await op(labels, tensor(backend, other)).data(),
        await op(numbers, tensor(backend, Array.from(other))).data(),
      );
      assertStrictEquals(op(labels, 2).dtype, "float32");
    });
    it(`${name}() writes into out, which may be an operand`, async () => {
      const x = tensor(backend, [1, 2, 3]);
      const expected = await op(x, 2).data();
      assertStrictEquals(op(x, 2, { out: x }), x);
      assertEquals(await x.data(), expected);
    });
  }
  it("refuses two dtypes", () => {
    assertThrowsExactly(
      () => equal(zeros(backend, [2, 2]), zeros(backend, [2], { dtype: "int32" })),
      ShapeError,
      "Cannot compare [2, 2] with [2] as dtypes must be equal: found float32 and int32",
    );
    assertThrowsExactly(
      () => equal(zeros(backend, [2], { dtype: "float64" }), 1),
      ShapeError,
      "Cannot compare as numbers must be float32: found float64 [2]",
    );
  });
  it("refuses numbers alone, lengths that do not broadcast and another out", () => {
    assertThrowsExactly(
      () => less(1, 2),
      TypeError,
      "Cannot compare as one operand must be a tensor: found numbers only",
    );
    assertThrowsExactly(
      () => less(zeros(backend, [2]), zeros(backend, [3])),
      ShapeError,
      "Cannot broadcast [2] with [3] as aligned lengths must be equal or 1: found 2 and 3",
    );
    assertThrowsExactly(
      () => less(zeros(backend, [2]), 1, { out: zeros(backend, [2], { dtype: "int32" }) }),
      ShapeError,
      "Cannot compare into out as it must be float32 [2]: found int32 [2]",
    );
  });
});
