import { assertThrowsExactly } from "@gradus/testing";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { reference } from "../reference.ts";
import { ShapeError } from "../shape_error.ts";
import { tensor, zeros } from "../tensor.ts";
import { matmul } from "./matmul.ts";

const backend = reference();

describe("matmul()", () => {
  it("multiplies matrices in every orientation", async () => {
    const values = [1, 2, 3, 4, 5, 6];
    const a = tensor(backend, values, { shape: [2, 3] });
    const b = tensor(backend, values, { shape: [3, 2] });
    const aT = tensor(backend, [1, 4, 2, 5, 3, 6], { shape: [3, 2] });
    const bT = tensor(backend, [1, 3, 5, 2, 4, 6], { shape: [2, 3] });
    const expected = new Float32Array([22, 28, 49, 64]);
    assertEquals(await matmul(a, b).data(), expected);
    assertEquals(await matmul(aT, b, { transposeA: true }).data(), expected);
    assertEquals(await matmul(a, bT, { transposeB: true }).data(), expected);
    assertEquals(
      await matmul(aT, bT, { transposeA: true, transposeB: true }).data(),
      expected,
    );
  });
  it("adds a bias, takes relu, and adds to out", async () => {
    const a = tensor(backend, [[1], [2]]);
    const b = tensor(backend, [[1, -1]]);
    const bias = tensor(backend, [10, 1]);
    const out = tensor(backend, [[100, 100], [-100, -100]]);
    assertEquals(await matmul(a, b, { bias }).data(), new Float32Array([11, 0, 12, -1]));
    assertEquals(
      await matmul(a, b, { bias, activation: "relu" }).data(),
      new Float32Array([11, 0, 12, 0]),
    );
    assertStrictEquals(matmul(a, b, { bias, accumulate: true, out }), out);
    assertEquals(await out.data(), new Float32Array([111, 100, -88, -101]));
    assertStrictEquals(matmul(a, b, { out }), out);
    assertEquals(await out.data(), new Float32Array([1, -1, 2, -2]));
  });
  it("refuses what are no matrices, and inner lengths that differ", () => {
    assertThrowsExactly(
      () => matmul(zeros(backend, [2]), zeros(backend, [2, 3])),
      ShapeError,
      "Cannot multiply [2] by [2, 3] as both must be matrices: found ranks 1 and 2",
    );
    const [a, b] = [zeros(backend, [32, 784]), zeros(backend, [785, 10])];
    assertThrowsExactly(
      () => matmul(a, b),
      ShapeError,
      "Cannot multiply [32, 784] by [785, 10] as inner lengths must be equal: found 784 and 785",
    );
    assertThrowsExactly(
      () => matmul(a, b, { transposeA: true }),
      ShapeError,
      "Cannot multiply [32, 784] transposed by [785, 10] as inner lengths must be equal: found 32 and 785",
    );
    assertThrowsExactly(
      () => matmul(a, b, { transposeB: true }),
      ShapeError,
      "Cannot multiply [32, 784] by [785, 10] transposed as inner lengths must be equal: found 784 and 10",
    );
  });
  it("refuses another bias, integers and another backend", () => {
    const [a, b] = [zeros(backend, [2, 3]), zeros(backend, [3, 4])];
    for (const shape of [[3], [1, 4], []]) {
      assertThrowsExactly(
        () => matmul(a, b, { bias: zeros(backend, shape) }),
        ShapeError,
        `Cannot add a bias to [2, 4] as its shape must be [4]: found [${shape.join(", ")}]`,
      );
    }
    const whole = zeros(backend, [3, 4], { dtype: "int32" });
    assertThrowsExactly(
      () => matmul(a, whole),
      ShapeError,
      "Cannot multiply matrices as numbers must be float32: found int32 [3, 4]",
    );
    assertThrowsExactly(
      () => matmul(a, zeros(reference(), [3, 4])),
      TypeError,
      "Cannot multiply matrices as all tensors must be on one backend: found reference and reference (two of them)",
    );
  });
  it("refuses another out, one that is an input, and to accumulate without one", () => {
    const a = zeros(backend, [2, 2]);
    assertThrowsExactly(
      () => matmul(a, a, { out: zeros(backend, [2, 3]) }),
      ShapeError,
      "Cannot multiply matrices into out as it must be float32 [2, 2]: found float32 [2, 3]",
    );
    const shared = "Cannot multiply matrices into out as it must not share memory with an input";
    assertThrowsExactly(() => matmul(a, zeros(backend, [2, 2]), { out: a }), Error, shared);
    assertThrowsExactly(() => matmul(zeros(backend, [2, 2]), a, { out: a }), Error, shared);
    const out = zeros(backend, [2, 2]);
    assertThrowsExactly(
      () => matmul(a, a, { bias: out.prefix(1).reshape([2]), out }),
      Error,
      shared,
    );
    assertThrowsExactly(
      () => matmul(a, a, { accumulate: true }),
      Error,
      "Cannot accumulate a product as out must be given: found none",
    );
  });
});
