import { assertClose } from "@gradus/testing";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { ActivationOp, PointwiseLossOp } from "../backend.ts";
import { goldenTensor, readNumbers, resultLike } from "../golden/_read_numbers_test.ts";
import digits from "../golden/erf.json" with { type: "json" };
import golden from "../golden/kernels.json" with { type: "json" };
import { reference } from "../reference.ts";
import { activationSlopes, erf, pointwiseLosses, unaryFunctions } from "./functions.ts";

const ALPHA = 0.3;

describe("erf()", () => {
  it("has 15 digits", () => {
    const [x, y] = [readNumbers(digits.x), readNumbers(digits.y)];
    x.forEach((x, i) => {
      const error = Math.abs(erf(x) - y[i]!);
      assert(error <= 1e-15 * Math.abs(y[i]!), `erf ${x} is ${erf(x)} instead of ${y[i]}`);
    });
  });
  it("is odd, and joins its two formulas without a step", () => {
    for (const x of [1e-300, 0.1, 1, 2, 3, 7]) assertEquals(erf(-x), -erf(x));
    // The slope at 2 is 0.02: neighbours of 2 have the same value but for their rounding.
    assertClose([erf(2 - 2 ** -52)], [erf(2)], 4e-16);
  });
});

/** f′(x) from five points; its own error is about h⁴ f⁽⁵⁾ / 30 + 3u |f| / 2h, 1e-12 here. */
function fivePointSlope(f: (x: number) => number, x: number): number {
  const h = 1e-3;
  return (f(x - 2 * h) - 8 * f(x - h) + 8 * f(x + h) - f(x + 2 * h)) / (12 * h);
}

/** Numbers from −7 to 7, at least ten steps from the kinks at whole numbers. */
const places = Array.from({ length: 57 }, (_, i) => -7 + i / 4).filter((x) => x % 1 !== 0);

describe("activationSlopes", () => {
  for (const op of Object.keys(activationSlopes) as ActivationOp[]) {
    it(`has the slope of ${op}`, () => {
      const f = (x: number) => unaryFunctions[op](x, ALPHA);
      const slopes = places.map((x) => activationSlopes[op](x, f(x), ALPHA));
      assertClose(slopes, places.map((x) => fivePointSlope(f, x)), 1e-11);
    });
  }
  it("has the slope from below at a kink", () => {
    assertEquals(activationSlopes.relu(0, 0, ALPHA), 0);
    assertEquals(activationSlopes.leakyRelu(0, 0, ALPHA), ALPHA);
    assertEquals(activationSlopes.elu(0, 0, ALPHA), ALPHA);
  });
  for (const row of golden.activations) {
    it(`agrees with PyTorch on ${row.op}`, async () => {
      const op = row.op as ActivationOp;
      const backend = reference({ dtype: "float64" });
      const [x, dy] = [goldenTensor(backend, row.x), goldenTensor(backend, row.dy)];
      const [y, dx] = [resultLike(backend, row.y), resultLike(backend, row.x)];
      backend.unary(op, x, y, ALPHA);
      backend.unaryGradient(op, { x, y, dy }, dx, ALPHA);
      assertClose(await y.data(), readNumbers(row.y.values), 1e-15);
      assertClose(await dx.data(), readNumbers(row.dx.values), 2e-15);
    });
  }
});

describe("pointwiseLosses", () => {
  for (const op of Object.keys(pointwiseLosses) as PointwiseLossOp[]) {
    it(`has the slope of ${op}`, () => {
      const { loss, slope } = pointwiseLosses[op];
      const [target, delta] = [op === "hinge" ? -1 : 1, 2];
      const f = (p: number) => loss(p, target, delta);
      const slopes = places.map((p) => slope(p, target, delta));
      assertClose(slopes, places.map((p) => fivePointSlope(f, p)), 1e-11);
    });
  }
});
