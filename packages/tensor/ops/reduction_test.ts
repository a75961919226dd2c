import { assertClose, assertThrowsExactly } from "@gradus/testing";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { goldenTensor, readNumbers } from "../golden/_read_numbers_test.ts";
import golden from "../golden/operations.json" with { type: "json" };
import { reference } from "../reference.ts";
import { ShapeError } from "../shape_error.ts";
import { tensor, zeros } from "../tensor.ts";
import { argmax, argmin, max, mean, min, product, sum } from "./reduction.ts";

const ops = { sum, mean, max, min, product };
const backend = reference();
const exact = reference({ dtype: "float64" });

describe("reduction", () => {
  // As the script has it: 0 … 23 modulo 7, less 3.5.
  const x = tensor(exact, Array.from({ length: 24 }, (_, i) => i % 7 - 3.5), { shape: [2, 3, 4] });
  for (const { op, axes, keepAxes, y } of golden.reductions) {
    it(`${op}() folds axes ${JSON.stringify(axes)} as NumPy does, ${keepAxes ? "" : "not "}keeping them`, async () => {
      const options = { keepAxes, ...(axes !== null && { axes }) };
      const result = ops[op as keyof typeof ops](x, options);
      assertEquals(result.shape, y.shape);
      assertClose(await result.data(), readNumbers(y.values), 1e-15);
    });
  }
  it("treats NaN and infinities as NumPy does", async () => {
    const x = tensor(exact, readNumbers(golden.specials.x));
    const finite = tensor(exact, readNumbers(golden.specials.x).slice(2));
    const noNan = tensor(exact, readNumbers(golden.specials.x).slice(1));
    const { folds } = golden.specials;
    assertEquals(await max(x).item(), Number(folds.maxNan));
    assertEquals(await max(finite).item(), Number(folds.max));
    assertEquals(await min(noNan).item(), Number(folds.min));
    assertEquals(await sum(noNan).item(), Number(folds.sum));
    assertEquals(await product(noNan).item(), Number(folds.product));
  });
  it("argmax() and argmin() find the first, or the first NaN, as NumPy does", async () => {
    for (const { x, axis, ...found } of golden.places) {
      for (const [name, op] of Object.entries({ argmax, argmin })) {
        const expected = found[name as keyof typeof found];
        const result = op(goldenTensor(backend, x), { axis });
        assertEquals(result.shape, expected.shape);
        assertEquals(await result.data(), Int32Array.from(readNumbers(expected.values)));
      }
    }
  });
  it("argmax() and argmin() search along the last axis unless told", async () => {
    const x = tensor(backend, [[1, 2], [4, 3]]);
    assertEquals(await argmax(x).data(), new Int32Array([1, 0]));
    assertEquals(await argmin(x).data(), new Int32Array([0, 1]));
  });

  for (const [name, op] of Object.entries(ops)) {
    it(`${name}() writes into out, which must not be x, and refuses bad axes and integers`, async () => {
      const x = tensor(backend, [[1, 2], [3, 4]]);
      const out = zeros(backend, [2]);
      assertStrictEquals(op(x, { axes: [0], out }), out);
      assertEquals(await out.data(), await op(x, { axes: [0] }).data());
      assertThrowsExactly(
        () => op(x, { axes: [], out: x }),
        Error,
        `Cannot ${name} into out as it must not share memory with an input`,
      );
      assertThrowsExactly(
        () => op(x, { axes: [0], keepAxes: true, out }),
        ShapeError,
        `Cannot ${name} into out as it must be float32 [1, 2]: found float32 [2]`,
      );
      assertThrowsExactly(
        () => op(x, { axes: [2] }),
        RangeError,
        "Cannot use axis 2 of [2, 2] as an axis must be in [-2, 2)",
      );
      assertThrowsExactly(
        () => op(x, { axes: [0, -2] }),
        RangeError,
        "Cannot use axes [0, -2] of [2, 2] as each axis must be given once: found 0 twice",
      );
      assertThrowsExactly(
        () => op(zeros(backend, [2], { dtype: "int32" })),
        ShapeError,
        `Cannot ${name} as numbers must be float32: found int32 [2]`,
      );
    });
  }
  for (const [name, op] of Object.entries({ argmax, argmin })) {
    it(`${name}() writes into an int32 out, and refuses a bad axis, integers and another out`, async () => {
      const x = tensor(backend, [[1, 2], [3, 0]]);
      const out = zeros(backend, [2], { dtype: "int32" });
      assertStrictEquals(op(x, { out }), out);
      assertEquals(await out.data(), await op(x).data());
      assertThrowsExactly(
        () => op(x, { out: zeros(backend, [2]) }),
        ShapeError,
        `Cannot ${name} into out as it must be int32 [2]: found float32 [2]`,
      );
      assertThrowsExactly(
        () => op(x, { axis: -3 }),
        RangeError,
        "Cannot use axis -3 of [2, 2] as an axis must be in [-2, 2)",
      );
      assertThrowsExactly(
        () => op(out),
        ShapeError,
        `Cannot ${name} as numbers must be float32: found int32 [2]`,
      );
    });
  }
});
