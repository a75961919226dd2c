import { assertThrowsExactly } from "@gradus/testing";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import { reference } from "./reference.ts";
import { ShapeError } from "./shape_error.ts";
import { equalTensors, full, type Nested, Tensor, tensor, zeros } from "./tensor.ts";

const backend = reference();

const GONE =
  "as its memory must still be its own: it was disposed, or replaced by a larger batch's";

describe("tensor()", () => {
  it("takes nested arrays of any depth, and a number", async () => {
    const cases: [Nested, number[], number[]][] = [
      [7, [], [7]],
      [[1, 2], [2], [1, 2]],
      [[[1, 2, 3], [4, 5, 6]], [2, 3], [1, 2, 3, 4, 5, 6]],
      [[[[1], [2]]], [1, 2, 1], [1, 2]],
    ];
    for (const [values, shape, flat] of cases) {
      const x = tensor(backend, values);
      assertEquals([x.shape, x.size, x.dtype], [shape, flat.length, "float32"]);
      assertEquals(await x.data(), new Float32Array(flat));
    }
  });
  it("takes flat numbers of any kind, with a shape or along one axis", async () => {
    const expected = new Float32Array([1, 2, 3, 4]);
    for (
      const values of [
        [1, 2, 3, 4],
        new Float32Array([1, 2, 3, 4]),
        new Float64Array([1, 2, 3, 4]),
        new Uint8Array([1, 2, 3, 4]),
      ]
    ) {
      assertEquals(tensor(backend, values).shape, [4]);
      const x = tensor(backend, values, { shape: [2, 2] });
      assertEquals(x.shape, [2, 2]);
      assertEquals(await x.data(), expected);
    }
  });
  it("has the dtype that is asked, int32 for an Int32Array, else the backend's", async () => {
    const exact = reference({ dtype: "float64" });
    assertStrictEquals(tensor(exact, [1]).dtype, "float64");
    assertEquals(await tensor(exact, [0.1]).data(), new Float64Array([0.1]));
    assertStrictEquals(tensor(backend, new Int32Array(2)).dtype, "int32");
    assertEquals(
      await tensor(backend, [1, -2], { dtype: "int32" }).data(),
      new Int32Array([1, -2]),
    );
    assertStrictEquals(tensor(backend, new Int32Array(2), { dtype: "float32" }).dtype, "float32");
  });
  it("copies the numbers", async () => {
    const values = new Float32Array([1, 2]);
    const x = tensor(backend, values);
    values.fill(9);
    assertEquals(await x.data(), new Float32Array([1, 2]));
  });
  it("reads back what any nested arrays hold", async () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        let next = 0;
        const nest = (axis: number): Nested =>
          axis === shape.length
            ? next++
            : Array.from({ length: shape[axis]! }, () => nest(axis + 1));
        const x = tensor(backend, nest(0));
        assertEquals(x.shape, shape);
        assertEquals(Array.from(await x.data()), Array.from({ length: next }, (_, i) => i));
      }),
    );
  });
  it("refuses ragged arrays", () => {
    const cases: [Nested, string][] = [
      [[[1, 2], [3]], "[2, 2] as nested arrays must have its lengths: found 1 entries at axis 1"],
      [[[1, 2], 3], "[2, 2] as nested arrays must have its lengths: found 3 at axis 1"],
      [[1, [2]], "[2] as nested arrays must have its lengths: found 1 entries at axis 1"],
      [[[1], [[2]]], "[2, 1] as nested arrays must have its lengths: found 1 entries at axis 2"],
    ];
    for (const [values, message] of cases) {
      assertThrowsExactly(() => tensor(backend, values), ShapeError, `Cannot fill ${message}`);
    }
  });
  it("refuses another count than the shape's", () => {
    assertThrowsExactly(
      () => tensor(backend, [1, 2, 3], { shape: [2, 2] }),
      ShapeError,
      "Cannot fill [2, 2] as there must be 4 numbers: found 3",
    );
    assertThrowsExactly(
      () => tensor(backend, [[1, 2]], { shape: [2] }),
      ShapeError,
      "Cannot fill [2] as nested arrays must have its lengths: found 1 entries at axis 0",
    );
    assertThrowsExactly(
      () => tensor(backend, 5, { shape: [1] }),
      ShapeError,
      "Cannot fill [1] as nested arrays must have its lengths: found 5 at axis 0",
    );
  });
  it("refuses empty arrays", () => {
    const must =
      "Cannot use a shape as each length must be a whole number of at least 1: found 0 in";
    assertThrowsExactly(() => tensor(backend, []), ShapeError, `${must} [0]`);
    assertThrowsExactly(() => tensor(backend, [[]]), ShapeError, `${must} [1, 0]`);
    assertThrowsExactly(() => tensor(backend, new Float32Array()), ShapeError, `${must} [0]`);
  });
  it("refuses what is no 32-bit integer for int32", () => {
    for (const value of [1.5, NaN, Infinity, 2 ** 31, -(2 ** 31) - 1]) {
      assertThrowsExactly(
        () => tensor(backend, [0, value], { dtype: "int32" }),
        RangeError,
        `Cannot store ${value} as int32 as it must be a whole number in [-2^31, 2^31): found at 1`,
      );
    }
    for (const value of [2 ** 31 - 1, -(2 ** 31), -0]) {
      tensor(backend, [value], { dtype: "int32" });
    }
  });
  it("allocates nothing where it refuses", () => {
    const own = reference();
    assertThrowsExactly(
      () => tensor(own, [1, 2, 3], { shape: [2] }),
      ShapeError,
      "Cannot fill [2] as there must be 2 numbers: found 3",
    );
    assertStrictEquals(own.memory.allocations, 0);
  });
});

describe("zeros() and full()", () => {
  it("give tensors of one number, in either dtype", async () => {
    assertEquals(await zeros(backend, [2, 1]).data(), new Float32Array(2));
    assertEquals(await zeros(backend, [2], { dtype: "int32" }).data(), new Int32Array(2));
    assertEquals(await full(backend, [2], { value: NaN }).data(), new Float32Array([NaN, NaN]));
    assertEquals(
      await full(backend, [2], { value: -3, dtype: "int32" }).data(),
      new Int32Array([-3, -3]),
    );
  });
  it("refuse what is no shape", () => {
    for (const length of [0, -1, 1.5, NaN, Infinity]) {
      for (
        const make of [zeros, (...of: Parameters<typeof zeros>) => full(of[0], of[1], { value: 1 })]
      ) {
        assertThrowsExactly(
          () => make(backend, [2, length]),
          ShapeError,
          `Cannot use a shape as each length must be a whole number of at least 1: found ${length} in [2, ${length}]`,
        );
      }
    }
    assertThrowsExactly(
      () => zeros(backend, [2 ** 27, 2 ** 26]),
      ShapeError,
      "Cannot use a shape as its size must be below 2^53: found [134217728, 67108864]",
    );
  });
  it("name what the memory was for where there is not enough", () => {
    assertThrowsExactly(
      () => new Tensor(reference(), [2 ** 40], { purpose: "output of dense" }),
      RangeError,
      "Cannot allocate output of dense as 4398046511104 bytes must be free: 0 are in use",
    );
  });
});

describe("Tensor", () => {
  it("set() overwrites in place, nested or flat", async () => {
    const x = zeros(backend, [2, 2]);
    x.set([[1, 2], [3, 4]]);
    assertEquals(await x.data(), new Float32Array([1, 2, 3, 4]));
    x.set([5, 6, 7, 8]);
    assertEquals(await x.data(), new Float32Array([5, 6, 7, 8]));
    x.set(new Uint8Array([1, 2, 3, 255]));
    assertEquals(await x.data(), new Float32Array([1, 2, 3, 255]));
  });
  it("set() refuses another count, other lengths, and what int32 does not hold", () => {
    const x = zeros(backend, [2, 2]);
    assertThrowsExactly(
      () => x.set([1, 2, 3]),
      ShapeError,
      "Cannot fill [2, 2] as there must be 4 numbers: found 3",
    );
    assertThrowsExactly(
      () => x.set([[1, 2, 3, 4]]),
      ShapeError,
      "Cannot fill [2, 2] as nested arrays must have its lengths: found 1 entries at axis 0",
    );
    assertThrowsExactly(
      () => x.set([[1, 2, 3], [4, 5, 6]]),
      ShapeError,
      "Cannot fill [2, 2] as nested arrays must have its lengths: found 3 entries at axis 1",
    );
    assertThrowsExactly(
      () => zeros(backend, [1], { dtype: "int32" }).set([0.5]),
      RangeError,
      "Cannot store 0.5 as int32 as it must be a whole number in [-2^31, 2^31): found at 0",
    );
  });
  it("set() on a prefix leaves the rows behind it", async () => {
    const x = tensor(backend, [1, 2, 3]);
    x.prefix(2).set([8, 9]);
    assertEquals(await x.data(), new Float32Array([8, 9, 3]));
  });
  it("data() gives a fresh array of what is there when called", async () => {
    const x = tensor(backend, [1, 2]);
    const reading = x.data();
    x.set([3, 4]);
    assertEquals(await reading, new Float32Array([1, 2]));
    (await x.data()).fill(0);
    assertEquals(await x.data(), new Float32Array([3, 4]));
  });
  it("item() reads the only number, and refuses several", async () => {
    assertStrictEquals(await tensor(backend, [[7]]).item(), 7);
    assertStrictEquals(await tensor(backend, -2).item(), -2);
    const error = await assertRejects(() => zeros(backend, [1, 2]).item(), ShapeError);
    assertEquals(
      error.message,
      "Cannot read one number as the tensor must have size 1: found [1, 2]",
    );
  });
  it("has a shape that cannot be changed from outside", () => {
    const shape = [2, 3];
    const x = zeros(backend, shape);
    shape[0] = 9;
    assertEquals(x.shape, [2, 3]);
    assert(Object.isFrozen(x.shape));
  });
  it("says what it is", () => {
    assertStrictEquals(`${zeros(backend, [2, 3])}`, "Tensor float32 [2, 3] on reference");
    assertStrictEquals(
      `${zeros(backend, [], { dtype: "int32" })}`,
      "Tensor int32 [] on reference",
    );
  });

  it("reshape() shares the numbers", async () => {
    const x = tensor(backend, [[1, 2, 3], [4, 5, 6]]);
    const y = x.reshape([3, 2]);
    assertEquals([y.shape, y.dtype, y.size], [[3, 2], "float32", 6]);
    y.set([6, 5, 4, 3, 2, 1]);
    assertEquals(await x.data(), new Float32Array([6, 5, 4, 3, 2, 1]));
    assertEquals(y.reshape([6]).shape, [6]);
  });
  it("reshape() replaces one -1 by what is left", () => {
    const x = zeros(backend, [2, 3, 4]);
    assertEquals(x.reshape([-1]).shape, [24]);
    assertEquals(x.reshape([2, -1]).shape, [2, 12]);
    assertEquals(x.reshape([-1, 4, 3]).shape, [2, 4, 3]);
    assertEquals(x.reshape([24, -1]).shape, [24, 1]);
    assertEquals(zeros(backend, []).reshape([-1]).shape, [1]);
  });
  it("reshape() refuses another size", () => {
    const x = zeros(backend, [2, 3]);
    assertThrowsExactly(
      () => x.reshape([4, 2]),
      ShapeError,
      "Cannot reshape [2, 3] to [4, 2] as sizes must be equal: found 6 and 8",
    );
    assertThrowsExactly(
      () => x.reshape([4, -1]),
      ShapeError,
      "Cannot reshape [2, 3] to [4, -1] as sizes must be equal: found 6 and 4",
    );
    assertThrowsExactly(
      () => x.reshape([]),
      ShapeError,
      "Cannot reshape [2, 3] to [] as sizes must be equal: found 6 and 1",
    );
    assertThrowsExactly(
      () => x.reshape([-2, -3]),
      ShapeError,
      "Cannot use a shape as each length must be a whole number of at least 1: found -2 in [-2, -3]",
    );
    assertThrowsExactly(
      () => x.reshape([-1, -1]),
      ShapeError,
      "Cannot use a shape as each length must be a whole number of at least 1: found -6 in [-6, -1]",
    );
    assertThrowsExactly(
      () => x.reshape([1.5, 4]),
      ShapeError,
      "Cannot use a shape as each length must be a whole number of at least 1: found 1.5 in [1.5, 4]",
    );
  });

  it("prefix() views the first rows", async () => {
    const x = tensor(backend, [[1, 2], [3, 4], [5, 6]]);
    const y = x.prefix(2);
    assertEquals(y.shape, [2, 2]);
    assertEquals(await y.data(), new Float32Array([1, 2, 3, 4]));
    assertEquals(await y.prefix(1).data(), new Float32Array([1, 2]));
    assertEquals(x.prefix(3).shape, [3, 2]);
  });
  it("prefix() refuses more rows than there are, none, and part of one", () => {
    const x = zeros(backend, [3, 2]);
    for (const rows of [4, NaN]) {
      assertThrowsExactly(
        () => x.prefix(rows),
        ShapeError,
        `Cannot take the first ${rows} rows as there must be as many: found [3, 2]`,
      );
    }
    for (const rows of [0, -1, 1.5]) {
      assertThrowsExactly(
        () => x.prefix(rows),
        ShapeError,
        `Cannot use a shape as each length must be a whole number of at least 1: found ${rows} in [${rows}, 2]`,
      );
    }
    assertThrowsExactly(
      () => zeros(backend, []).prefix(1),
      ShapeError,
      "Cannot take the first 1 rows as there must be as many: found []",
    );
  });
  it("refuses a view larger than its base", () => {
    const base = zeros(backend, [2]);
    assertThrowsExactly(
      () => new Tensor(backend, [3], { base }),
      ShapeError,
      "Cannot view [2] as [3] as a view must not be larger than its base: found 2 and 3 numbers",
    );
  });

  it("dispose() gives the memory back, once", () => {
    const own = reference();
    const x = zeros(own, [4]);
    assertStrictEquals(own.memory.sizeBytes, 16);
    x.dispose();
    x.dispose();
    x[Symbol.dispose]();
    assertEquals([own.memory.sizeBytes, own.memory.storages], [0, 0]);
  });
  it("throws when used after it was disposed, and so do its views", async () => {
    const x = zeros(backend, [2, 2]);
    const [view, row, viewOfView] = [x.reshape([4]), x.prefix(1), x.reshape([4]).prefix(2)];
    x.dispose();
    const message = `Cannot use a tensor of shape [2, 2] ${GONE}`;
    for (const gone of [x, view, row, viewOfView]) {
      assertThrowsExactly(() => gone.storage, Error, message);
      assertThrowsExactly(() => gone.set(new Float32Array(gone.size)), Error, message);
      assertThrowsExactly(() => gone.data(), Error, message);
    }
    const error = await assertRejects(() => row.prefix(1).reshape([2]).prefix(1).item(), Error);
    assertEquals(error.message, message);
  });
  it("keeps its memory when a view is disposed", async () => {
    const x = tensor(backend, [1, 2]);
    const view = x.reshape([2, 1]);
    view.dispose();
    assertEquals(await x.data(), new Float32Array([1, 2]));
    assertEquals(await view.data(), new Float32Array([1, 2]));
  });
  it("is Disposable", () => {
    const own = reference();
    {
      using x = zeros(own, [3]);
      assertInstanceOf(x, Tensor);
    }
    assertStrictEquals(own.memory.storages, 0);
  });
});

describe("equalTensors()", () => {
  it("compares dtype, shape and numbers, across backends of one float", async () => {
    const x = tensor(backend, [1, NaN, 0]);
    assert(await equalTensors(x, tensor(reference(), [1, NaN, -0])));
    assert(!await equalTensors(x, tensor(backend, [1, NaN, 1])));
    assert(!await equalTensors(x, tensor(backend, [1, 2, 0])));
    assert(!await equalTensors(x, tensor(backend, [[1, NaN, 0]])));
    assert(!await equalTensors(tensor(backend, [1]), tensor(backend, new Int32Array([1]))));
  });
});
