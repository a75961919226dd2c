import type { NumericArray } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  assertAgrees,
  assertAgreesExactly,
  assertFollows,
  assertGives,
  assertIdentical,
  assertSame,
  assertWithin,
  gamma,
  magnitudes,
  roundoff,
} from "./agreement.ts";
import { blank, floats, integers } from "./numbers.ts";
import { Rough } from "./rough.ts";
import type { Trial } from "./trial.ts";

const sum = (values: number[]): Trial<"x", "y"> => ({
  inputs: { x: floats(values) },
  outputs: { y: blank([]) },
  call: (backend, { x, y }) => backend.reduce("sum", x, [0], y),
});

/** A sum that is off by a part of 2⁻²⁰ where the backend is not the oracle. */
const wrongSum = (values: number[]): Trial<"x", "y"> => ({
  ...sum(values),
  call: (backend, { x, y }) => {
    backend.reduce("sum", x, [0], y);
    if (backend.float === "float32") backend.binary("multiply", y, 1 + 2 ** -20, y);
  },
});

describe("roundoff() and gamma()", () => {
  it("are the error of one rounding, and of several", () => {
    assertEquals([roundoff("float32"), roundoff("float64")], [2 ** -24, 2 ** -53]);
    assertEquals(Math.fround(1 + roundoff("float32") * 1.001), 1 + 2 ** -23);
    assertEquals(gamma(2, 0.25), 1);
  });
});

describe("assertAgrees()", () => {
  const bound = (_exact: unknown, u: number) => ({ y: 8 * u });
  it("accepts what is within the bound, and refuses what is not", async () => {
    await assertAgrees(reference(), sum([1, 2 ** -23]), bound);
    const error = await assertRejects(() => assertAgrees(reference(), wrongSum([1, 0]), bound));
    assertEquals(
      (error as Error).message,
      `y is wrong in 1 of 1 places, first at 0: ${1 + 2 ** -20} instead of 1 ± ${8 * 2 ** -24}`,
    );
  });
  it("refuses a result that differs from call to call", async () => {
    let calls = 0;
    await assertRejects(
      () =>
        assertAgrees(
          reference(),
          { ...sum([1]), call: (backend, { y }) => backend.fill(calls++, y) },
          () => ({ y: 100 }),
        ),
      Error,
      "y, computed again, is wrong in 1 of 1 places, first at 0: 1 instead of 0",
    );
  });
  it("has no tolerance for integers", async () => {
    const trial: Trial<never, "y"> = {
      inputs: {},
      outputs: { y: integers([1]) },
      call: (backend, { y }) => backend.fill(backend.float === "float32" ? 2 : 3, y),
    };
    await assertRejects(
      () => assertAgrees(reference(), trial, () => ({ y: 10 })),
      Error,
      "y is wrong",
    );
  });
});

describe("assertAgreesExactly(), assertGives() and assertFollows()", () => {
  it("accept what is right", async () => {
    await assertAgreesExactly(reference(), sum([1, 2]));
    await assertGives(reference(), sum([1, 2]), { y: [3] });
    await assertGives(reference(), wrongSum([1, 2]), { y: [3] }, { units: 16 });
    await assertFollows(reference(), sum([0.1, 0.2]), (u) => ({
      y: [Rough.sum([0.1, 0.2].map((x) => new Rough(Math.fround(x), { u })))],
    }));
  });
  it("refuse what is not", async () => {
    await assertRejects(
      () => assertAgreesExactly(reference(), wrongSum([1, 2])),
      Error,
      "y is wrong",
    );
    await assertRejects(
      () => assertGives(reference(), wrongSum([1, 2]), { y: [3] }),
      Error,
      "y is",
    );
    await assertRejects(
      () => assertGives(reference(), wrongSum([1, 2]), { y: [3] }, { units: 15 }),
      Error,
      "y is wrong",
    );
    const formula = (u: number) => ({
      y: [Rough.sum([1, 2].map((x) => new Rough(x, { u })))],
    });
    await assertRejects(() => assertFollows(reference(), wrongSum([1, 2]), formula), Error, "y is");
  });
  it("refuse a formula that the oracle does not follow", async () => {
    await assertRejects(
      () => assertFollows(reference(), sum([1, 2]), (u) => ({ y: [new Rough(3.5, { u })] })),
      Error,
      "the oracle's y is wrong",
    );
  });
});

describe("magnitudes()", () => {
  it("runs the trial on absolute values", async () => {
    assertEquals((await magnitudes(sum([1, -2, 3]))).y, new Float64Array([6]));
  });
});

describe("assertWithin()", () => {
  const accepts = (actual: NumericArray, exact: number, bound: number) =>
    assertWithin(actual, Float64Array.of(exact), { bound, float: "float32", name: "y" });
  const refuses = (actual: NumericArray, exact: number, bound: number) =>
    assertThrows(() => accepts(actual, exact, bound), Error, "y is wrong");
  it("takes NaN for NaN alone, and infinities for themselves", () => {
    accepts(Float32Array.of(NaN), NaN, 0);
    accepts(Float32Array.of(-Infinity), -Infinity, 0);
    refuses(Float32Array.of(NaN), 1, 9);
    refuses(Float32Array.of(1), NaN, 9);
    refuses(Float32Array.of(Infinity), -Infinity, 9);
    refuses(Float32Array.of(3e38), Infinity, 9);
  });
  it("takes infinity for what overflows", () => {
    accepts(Float32Array.of(Infinity), 3.5e38, 0);
    accepts(Float32Array.of(Infinity), 3.4e38, 1e36);
    refuses(Float32Array.of(-Infinity), 3.5e38, 0);
    refuses(Float32Array.of(Infinity), 3e38, 1e36);
  });
  it("takes 0 for what underflows, where anything is allowed at all", () => {
    accepts(Float32Array.of(0), 1e-39, 1e-45);
    refuses(Float32Array.of(0), 1e-39, 0);
    refuses(Float32Array.of(0), 1e-37, 1e-45);
  });
});

describe("assertSame() and assertIdentical()", () => {
  it("differ in the sign of zero alone", () => {
    assertSame([0, NaN], [-0, NaN], "y");
    assertIdentical([-0, NaN], [-0, NaN], "y");
    assertThrows(() => assertIdentical([0], [-0], "y"), Error, "y is wrong");
    assertThrows(() => assertSame([1], [2], "y"), Error, "y is wrong in 1 of 1 places");
    assertThrows(() => assertSame([1], [1, 2], "y"), Error, "y has 1 numbers instead of 2");
  });
});
