import { assertClose, assertThrowsExactly } from "@gradus/testing";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { UnaryOp } from "../backend.ts";
import { readNumbers } from "../golden/_read_numbers_test.ts";
import golden from "../golden/operations.json" with { type: "json" };
import { reference } from "../reference.ts";
import { ShapeError } from "../shape_error.ts";
import { type Tensor, tensor, zeros } from "../tensor.ts";
import * as elementwise from "./elementwise.ts";

const ops: Record<UnaryOp, (x: Tensor, options?: { out?: Tensor }) => Tensor> = elementwise;
const backend = reference();

/** A value of each op at 2 that no other op has there. */
const atTwo: Record<UnaryOp, number> = {
  relu: 2,
  leakyRelu: 2,
  elu: 2,
  gelu: 1.9544997361036416,
  silu: 1.7615941559557649,
  softplus: 2.1269280110429727,
  sigmoid: 0.8807970779778823,
  tanh: Math.tanh(2),
  arctan: Math.atan(2),
  negate: -2,
  absolute: 2,
  sign: 1,
  reciprocal: 0.5,
  square: 4,
  sqrt: Math.SQRT2,
  exp: Math.exp(2),
  log: Math.LN2,
  sin: Math.sin(2),
  cos: Math.cos(2),
  erf: 0.9953222650189527,
  floor: 2,
  ceil: 2,
  round: 2,
};

describe("elementwise", () => {
  for (const [op, apply] of Object.entries(ops) as [UnaryOp, (typeof ops)[UnaryOp]][]) {
    it(`${op}() runs its kernel, into out too, which may be x`, async () => {
      const exact = reference({ dtype: "float64" });
      const x = tensor(exact, [[2], [2]]);
      const y = apply(x);
      assertEquals(y.shape, [2, 1]);
      assertClose(await y.data(), [atTwo[op], atTwo[op]], 1e-15);
      const out = zeros(exact, [2, 1]);
      assertStrictEquals(apply(x, { out }), out);
      assertEquals(await out.data(), await y.data());
      apply(x, { out: x });
      assertEquals(await x.data(), await y.data());
    });
    it(`${op}() refuses integers, and another shape of out`, () => {
      assertThrowsExactly(
        () => apply(zeros(backend, [2], { dtype: "int32" })),
        ShapeError,
        `Cannot ${op} as numbers must be float32: found int32 [2]`,
      );
      assertThrowsExactly(
        () => apply(zeros(backend, [2]), { out: zeros(backend, [1, 2]) }),
        ShapeError,
        `Cannot ${op} into out as it must be float32 [2]: found float32 [1, 2]`,
      );
    });
  }
  for (const [op, values] of Object.entries(golden.specials.unary)) {
    it(`${op}() treats NaN, infinities and zeros as NumPy does`, async () => {
      const x = tensor(reference({ dtype: "float64" }), readNumbers(golden.specials.x));
      const actual = await ops[op as UnaryOp](x).data();
      readNumbers(values).forEach((expected, i) => {
        // NumPy's vectorised functions are off by up to 4 units in the last place.
        if (expected !== 0) {
          assertClose([actual[i]!], [expected], 4 * Number.EPSILON);
        } else assertStrictEquals(actual[i], expected, `${op} at ${i}`);
      });
    });
  }
  it("leakyRelu() and elu() take alpha, and have one without", async () => {
    const x = tensor(backend, [-Infinity, -1]);
    const { leakyRelu, elu } = elementwise;
    const slope = async (y: Tensor) => (await y.data())[1];
    assertEquals(await slope(leakyRelu(x)), -Math.fround(0.01));
    assertEquals(await slope(leakyRelu(x, { alpha: 0.5 })), -0.5);
    assertEquals((await elu(x).data())[0], -1);
    assertEquals((await elu(x, { alpha: 0.5 }).data())[0], -0.5);
  });
});
