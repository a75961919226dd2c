import { assertClose, assertThrowsExactly } from "@gradus/testing";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Backend } from "../backend.ts";
import { goldenTensor, readNumbers } from "../golden/_read_numbers_test.ts";
import golden from "../golden/operations.json" with { type: "json" };
import { reference } from "../reference.ts";
import { ShapeError } from "../shape_error.ts";
import { type Tensor, tensor, zeros } from "../tensor.ts";
import { add, divide, maximum, minimum, multiply, power, subtract } from "./arithmetic.ts";

const ops = { add, subtract, multiply, divide, power, maximum, minimum };
const backend = reference();

describe("arithmetic", () => {
  it("broadcasts as NumPy does, or refuses as it does", async () => {
    for (const { a, b, difference } of golden.broadcasts) {
      const [x, y] = [goldenTensor(backend, a), goldenTensor(backend, b)];
      if (difference === null) {
        const own = (axis: number) => [a.shape.at(-axis) ?? 1, b.shape.at(-axis) ?? 1];
        const axis = [1, 2, 3, 4].find((axis) => {
          const [left, right] = own(axis);
          return left !== right && left !== 1 && right !== 1;
        })!;
        const shapes = [a, b].map(({ shape }) => `[${shape.join(", ")}]`);
        assertThrowsExactly(
          () => subtract(x, y),
          ShapeError,
          `Cannot broadcast ${shapes[0]} with ${
            shapes[1]
          } as aligned lengths must be equal or 1: ` +
            `found ${own(axis)[0]} and ${own(axis)[1]}`,
        );
      } else {
        const result = subtract(x, y);
        assertEquals(result.shape, difference.shape);
        assertEquals(await result.data(), Float32Array.from(readNumbers(difference.values)));
      }
    }
  });

  for (const [name, op] of Object.entries(ops)) {
    it(`${name}() treats NaN, infinities and zeros as NumPy does`, async () => {
      const exact = reference({ dtype: "float64" });
      const values = readNumbers(golden.specials.x);
      const rows = tensor(exact, values, { shape: [values.length, 1] });
      const columns = tensor(exact, values);
      const expected = readNumbers(golden.specials.binary[name as keyof typeof ops]);
      // A power may be off by a unit in the last place, ours and NumPy's.
      assertClose(
        await op(rows, columns).data(),
        expected,
        name === "power" ? 2 * Number.EPSILON : 0,
      );
    });

    it(`${name}() takes a number on either side, and no two`, async () => {
      const x = tensor(backend, [4, 2]);
      const two = tensor(backend, [2]);
      assertEquals(await op(x, 2).data(), await op(x, two).data());
      assertEquals(await op(2, x).data(), await op(two, x).data());
      assertThrowsExactly(
        () => op(1, 2),
        TypeError,
        `Cannot ${name} as one operand must be a tensor: found numbers only`,
      );
    });

    it(`${name}() writes into out, which may be an operand of the same shape`, async () => {
      const values = [[1, 2], [3, 4]];
      const [a, b, out] = [
        tensor(backend, values),
        tensor(backend, [2, 3]),
        zeros(backend, [2, 2]),
      ];
      assertStrictEquals(op(a, b, { out }), out);
      const expected = await out.data();
      assertEquals(expected, await op(a, b).data());
      assertStrictEquals(op(a, b, { out: a }), a);
      assertEquals(await a.data(), expected);
    });
  }

  it("refuses integers", () => {
    const labels = tensor(backend, new Int32Array(2));
    const message = "Cannot add as numbers must be float32: found int32 [2]";
    assertThrowsExactly(() => add(labels, 1), ShapeError, message);
    assertThrowsExactly(() => add(1, labels), ShapeError, message);
  });

  it("refuses a float that is not the backend's own", () => {
    const x = zeros(backend, [3], { dtype: "float64" });
    assertThrowsExactly(
      () => add(x, x),
      ShapeError,
      "Cannot add as numbers must be float32: found float64 [3]",
    );
  });

  it("refuses two backends", () => {
    const x = zeros(backend, [2]);
    assertThrowsExactly(
      () => add(x, zeros(reference(), [2])),
      TypeError,
      "Cannot add as all tensors must be on one backend: found reference and reference (two of them)",
    );
    assertThrowsExactly(
      () => add(x, zeros(named("other"), [2])),
      TypeError,
      "Cannot add as all tensors must be on one backend: found reference and other",
    );
    assertThrowsExactly(
      () => add(x, x, { out: zeros(named("other"), [2]) }),
      TypeError,
      "Cannot add as all tensors must be on one backend: found reference and other",
    );
  });

  it("refuses an out of another shape or dtype", () => {
    const x = zeros(backend, [2, 3]);
    const into = (out: Tensor) => () => add(x, 1, { out });
    assertThrowsExactly(
      into(zeros(backend, [3, 2])),
      ShapeError,
      "Cannot add into out as it must be float32 [2, 3]: found float32 [3, 2]",
    );
    assertThrowsExactly(
      into(zeros(backend, [2, 3], { dtype: "int32" })),
      ShapeError,
      "Cannot add into out as it must be float32 [2, 3]: found int32 [2, 3]",
    );
  });

  it("refuses an out that a smaller operand lies in", () => {
    const x = zeros(backend, [2, 3]);
    assertThrowsExactly(
      () => add(x.prefix(1), x, { out: x }),
      ShapeError,
      "Cannot add into out as an input that shares its memory must have its shape: found [1, 3] and [2, 3]",
    );
  });
});

function named(name: string): Backend {
  return new Proxy(reference(), {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      return key === "name" ? name : typeof value === "function" ? value.bind(target) : value;
    },
  });
}
