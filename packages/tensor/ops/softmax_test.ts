import { assertClose, assertThrowsExactly } from "@gradus/testing";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { reference } from "../reference.ts";
import { ShapeError } from "../shape_error.ts";
import { tensor, zeros } from "../tensor.ts";
import { exp } from "./elementwise.ts";
import { sum } from "./reduction.ts";
import { logSoftmax, softmax } from "./softmax.ts";

const backend = reference();

describe("softmax", () => {
  it("softmax() gives rows that sum to 1, and logSoftmax() their logarithms", async () => {
    const exact = reference({ dtype: "float64" });
    const x = tensor(exact, [[[1, 2, 3], [1000, 1001, 1002]], [[-1e4, 0, 1e4], [0, 0, 0]]]);
    const p = softmax(x);
    assertEquals(p.shape, [2, 2, 3]);
    assertClose(await sum(p, { axes: [-1] }).data(), [1, 1, 1, 1], 1e-15);
    assertClose(await exp(logSoftmax(x)).data(), await p.data(), 1e-15);
    const values = await p.data();
    assertEquals(values.slice(0, 3), values.slice(3, 6)); // a constant more or less does not matter
    assertEquals(values.slice(6, 9), new Float64Array([0, 0, 1]));
  });
  it("makes NaN of rows that have no largest finite number", async () => {
    for (const row of [[NaN, 1], [Infinity, 1], [-Infinity, -Infinity]]) {
      for (const op of [softmax, logSoftmax]) {
        assertEquals(await op(tensor(backend, row)).data(), new Float32Array([NaN, NaN]));
      }
    }
  });
  for (const [name, op] of Object.entries({ softmax, logSoftmax })) {
    it(`${name}() writes into out, which may be x`, async () => {
      const x = tensor(backend, [[1, 2], [3, 5]]);
      const expected = await op(x).data();
      const out = zeros(backend, [2, 2]);
      assertStrictEquals(op(x, { out }), out);
      assertEquals(await out.data(), expected);
      op(x, { out: x });
      assertEquals(await x.data(), expected);
    });
    it(`${name}() refuses integers, a tensor without axes, and another out`, () => {
      assertThrowsExactly(
        () => op(zeros(backend, [2], { dtype: "int32" })),
        ShapeError,
        `Cannot ${name} as numbers must be float32: found int32 [2]`,
      );
      assertThrowsExactly(
        () => op(zeros(backend, [])),
        ShapeError,
        `Cannot ${name} as there must be a last axis: found []`,
      );
      assertThrowsExactly(
        () => op(zeros(backend, [2]), { out: zeros(backend, [3]) }),
        ShapeError,
        `Cannot ${name} into out as it must be float32 [2]: found float32 [3]`,
      );
    });
  }
});
