import { ShapeError, tensor, zeros } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CrossEntropy } from "./cross_entropy.ts";

const backend = reference();

describe("CrossEntropy", () => {
  it("is infinite where a target's probability is 0, and only there", async () => {
    const loss = new CrossEntropy();
    const p = tensor(backend, [[0, 1], [0, 1]]);
    assertEquals(await loss.forward(p, tensor(backend, new Int32Array([1, 1]))).item(), 0);
    assertEquals([...await loss.backward().data()], [0, -0.5, 0, -0.5]);
    assertEquals(await loss.forward(p, tensor(backend, new Int32Array([1, 0]))).item(), Infinity);
    assertEquals([...await loss.backward().data()], [0, -0.5, -Infinity, 0]);
  });

  it("takes labels and their one-hot rows alike", async () => {
    const loss = new CrossEntropy();
    const p = tensor(backend, [[0.5, 0.25, 0.25], [0.125, 0.375, 0.5]]);
    const targets = [
      tensor(backend, new Int32Array([1, 2])),
      tensor(backend, [[0, 1, 0], [0, 0, 1]]),
    ];
    for (const target of targets) {
      assertEquals(await loss.forward(p, target).item(), Math.fround(1.5 * Math.LN2));
      assertEquals([...await loss.backward().data()], [0, -2, 0, 0, 0, -1]);
    }
  });

  it("refuses other shapes and types", () => {
    const loss = new CrossEntropy();
    const p = zeros(backend, [32, 10]);
    assertThrows(
      () => loss.forward(zeros(backend, [32]), zeros(backend, [32])),
      ShapeError,
      "Cannot take the loss as the prediction must be [n, classes]: found [32]",
    );
    const targets = [
      [zeros(backend, [32]), "float32 [32]"],
      [zeros(backend, [32, 1]), "float32 [32, 1]"],
      [zeros(backend, [31], { dtype: "int32" }), "int32 [31]"],
      [zeros(backend, [32, 10], { dtype: "int32" }), "int32 [32, 10]"],
    ] as const;
    for (const [target, found] of targets) {
      assertThrows(
        () => loss.forward(p, target),
        ShapeError,
        `Cannot take the loss of [32, 10] as the target must be int32 [32] or float32 [32, 10]: found ${found}`,
      );
    }
  });
});

describe("CrossEntropy.checkTarget()", () => {
  const loss = new CrossEntropy();
  const check = (data: Float32Array | Float64Array | Int32Array | Uint8Array, shape: number[]) =>
    loss.checkTarget({ data, shape }, [3]);

  it("takes labels and rows of probabilities", () => {
    check(new Int32Array([0, 1, 2]), [3]);
    check(new Uint8Array([0, 1, 2]), [3]);
    check(new Uint8Array([0, 0, 1]), [1, 3]);
    check(new Float32Array([0, 1, 0, 0.25, 0.25, 0.5]), [2, 3]);
    check(new Float64Array([0.1, 0.2, 0.7]), [1, 3]);
  });

  it("refuses a label that is no class, naming its row", () => {
    for (const label of [-1, 3]) {
      assertThrows(
        () => check(new Int32Array([0, 1, 2, label]), [4]),
        RangeError,
        `Cannot take the loss as each label must be in [0, 3): found ${label} at row 3`,
      );
    }
  });

  it("refuses a row that does not sum to 1, naming it", () => {
    const rows = [[0, 0, 0], [1, 1, 0], [0.5, 0.4375, 0], [Infinity, 0, 0]];
    for (const row of rows) {
      assertThrows(
        () => check(new Float32Array([1, 0, 0, ...row]), [2, 3]),
        RangeError,
        `Cannot take the loss as each row of the target must sum to 1: found ${
          row.reduce((sum, x) => sum + x)
        } at row 1`,
      );
    }
  });

  it("takes a row whose sum is off by float32's rounding, and none that is off by more", () => {
    const off = 3 * 2 ** -23;
    check(new Float64Array([0.5, 0.5, off]), [1, 3]);
    check(new Float64Array([0.5, 0.5 - off, 0]), [1, 3]);
    const tooFar = off * (1 + 2 ** -20);
    for (const row of [[0.5, 0.5, tooFar], [0.5, 0.5 - tooFar, 0]]) {
      assertThrows(() => check(new Float64Array(row), [1, 3]), RangeError, "must sum to 1");
    }
    const shares = Float32Array.from({ length: 1000 }, (_, i) => 1 + (i * 7919) % 1000);
    const sum = shares.reduce((total, share) => Math.fround(total + share));
    loss.checkTarget({ data: shares.map((share) => share / sum), shape: [1, 1000] }, [1000]);
  });

  it("refuses a number that is no probability, naming its row", () => {
    for (const value of [-0.5, NaN, -Infinity]) {
      assertThrows(
        () => check(new Float32Array([1, 0, 0, 0.5, value, 1]), [2, 3]),
        RangeError,
        `Cannot take the loss as each target must be a probability of at least 0: found ${value} at row 1`,
      );
    }
  });

  it("refuses other shapes and types", () => {
    const targets = [
      [new Float32Array(4), [2, 2], "Float32Array [2, 2]"],
      [new Float32Array(3), [3], "Float32Array [3]"],
      [new Int32Array(6), [2, 3], "Int32Array [2, 3]"],
      [new Int32Array(2), [2, 1], "Int32Array [2, 1]"],
      [new Uint8Array(1), [], "Uint8Array []"],
    ] as const;
    for (const [data, shape, found] of targets) {
      assertThrows(
        () => check(data, [...shape]),
        ShapeError,
        `Cannot take the loss as the target must be labels [n], integers, or rows [n, 3], real numbers: found ${found}`,
      );
    }
  });

  it("refuses a count of numbers that is not the shape's", () => {
    assertThrows(
      () => check(new Int32Array(9), [10]),
      ShapeError,
      "Cannot take the loss as the target must have 10 numbers for [10]: found 9",
    );
    assertThrows(
      () => check(new Int32Array(0), [0]),
      ShapeError,
      "Cannot use a shape as each length must be a whole number of at least 1: found 0 in [0]",
    );
  });

  it("refuses a network whose output is not one score a class", () => {
    assertThrows(
      () => loss.checkTarget({ data: new Int32Array(2), shape: [2] }, [4, 4, 3]),
      ShapeError,
      "Cannot take the loss as the prediction must be [n, classes]: found [n, 4, 4, 3]",
    );
  });
});
