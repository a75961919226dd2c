/**
 * When two backends agree: how far a result computed in float32 may lie from the exact one.
 *
 * Each rounding of a float32 operation changes its result by a factor of at most `1 ± u`, u = 2⁻²⁴
 * (Higham, Accuracy and Stability of Numerical Algorithms, §2.2). A sum of n terms, in whatever order,
 * with or without fused multiply-adds, is within `γₙ · Σ|terms|` of the exact sum, `γₙ = nu / (1 − nu)`
 * (§3.1, §4.2). The bounds of the contract are made of these two facts, never of what passes.
 *
 * @module
 */
import type { Backend, FloatType, NumericArray } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assert } from "@std/assert";
import type { Numbers } from "./numbers.ts";
import type { Rough } from "./rough.ts";
import { runTrial, type Trial } from "./trial.ts";

/** For each output, how far each number may be from the exact one: one number for all, or one each. */
export type Bounds<Output extends string> = Readonly<Record<Output, number | ArrayLike<number>>>;

/** Results of the oracle, in float64. */
export type Exact<Output extends string> = Readonly<Record<Output, NumericArray>>;

const LARGEST: Record<FloatType, number> = {
  float32: 3.4028234663852886e38,
  float64: Number.MAX_VALUE,
};

/** Numbers below this may be flushed to zero: a GPU need not keep subnormal numbers. */
const SMALLEST_NORMAL: Record<FloatType, number> = { float32: 2 ** -126, float64: 2 ** -1022 };

/** u, the largest relative error of one rounding. */
export function roundoff(float: FloatType): number {
  return float === "float32" ? 2 ** -24 : 2 ** -53;
}

/** γₙ, the largest relative error of n roundings in a row. */
export function gamma(count: number, u: number): number {
  return count * u / (1 - count * u);
}

/**
 * Asserts that a backend runs a trial as the float64 reference does, within bounds, and twice to the
 * same bytes.
 *
 * @param backend The backend under test.
 * @param trial What is called.
 * @param bound Bounds of the float outputs, from the exact results and u; `int32` outputs have to be equal.
 */
export async function assertAgrees<Input extends string, Output extends string>(
  backend: Backend,
  trial: Trial<Input, Output>,
  bound: (exact: Exact<Output>, u: number) => Bounds<Output> | Promise<Bounds<Output>>,
): Promise<void> {
  const [actual, again, exact] = await Promise.all([
    runTrial(backend, trial),
    runTrial(backend, trial),
    runTrial(reference({ dtype: "float64" }), trial),
  ]);
  const bounds = await bound(exact, roundoff(backend.float));
  for (const name of Object.keys(exact) as Output[]) {
    assertSame(again[name], actual[name], `${name}, computed again,`);
    assertWithin(actual[name], exact[name], { bound: bounds[name], float: backend.float, name });
  }
}

/**
 * As {@linkcode assertAgrees}, with bounds that follow from a formula, which the oracle has to follow
 * itself.
 *
 * @param formula Each float output, number by number, from u.
 */
export async function assertFollows<
  Input extends string,
  Output extends string,
  Real extends Output,
>(
  backend: Backend,
  trial: Trial<Input, Output>,
  formula: (u: number) => Readonly<Record<Real, readonly Rough[]>>,
): Promise<void> {
  await assertAgrees(backend, trial, (exact, u) => {
    const bounds: Record<string, number | number[]> = Object.fromEntries(
      Object.keys(exact).map((name) => [name, 0]),
    );
    const [own, oracles] = [formula(u), formula(roundoff("float64"))];
    for (const name of Object.keys(own) as Real[]) {
      assertWithin(exact[name], Float64Array.from(oracles[name], ({ value }) => value), {
        bound: oracles[name].map(({ error }) => 2 * error), // both are rounded
        float: "float64",
        name: `the oracle's ${name}`,
      });
      bounds[name] = own[name].map(({ error }) => error);
    }
    return bounds as Bounds<Output>;
  });
}

/** As {@linkcode assertAgrees}, without any tolerance: for results that every number type holds. */
export async function assertAgreesExactly<Input extends string, Output extends string>(
  backend: Backend,
  trial: Trial<Input, Output>,
): Promise<void> {
  await assertAgrees(
    backend,
    trial,
    (exact) => Object.fromEntries(Object.keys(exact).map((name) => [name, 0])) as Bounds<Output>,
  );
}

/**
 * Asserts that a trial leaves these numbers; NaN equals NaN, and 0 equals −0.
 *
 * @param expected Numbers by hand.
 * @param options `units`: how many u a number may be off, for divisions and roots. Default: 0.
 */
export async function assertGives<Input extends string, Output extends string>(
  backend: Backend,
  trial: Trial<Input, Output>,
  expected: Readonly<Record<Output, ArrayLike<number>>>,
  options: { readonly units?: number } = {},
): Promise<void> {
  const actual = await runTrial(backend, trial);
  for (const name of Object.keys(expected) as Output[]) {
    assertWithin(actual[name], Float64Array.from(expected[name]), {
      bound: Array.from(expected[name], (e) => (options.units ?? 0) * 2 ** -24 * Math.abs(e)),
      float: backend.float,
      name,
    });
  }
}

/**
 * What a trial of sums of products gives when nothing cancels: every number replaced by its absolute
 * value, and run on the float64 reference. γₙ times this bounds the error.
 */
export function magnitudes<Input extends string, Output extends string>(
  trial: Trial<Input, Output>,
): Promise<Record<Output, NumericArray>> {
  const absolute = <Key extends string>(record: Readonly<Record<Key, Numbers>>) =>
    Object.fromEntries(
      Object.entries<Numbers>(record).map(([key, { shape, values }]) => [key, {
        shape,
        values: values instanceof Int32Array ? values : values.map(Math.abs),
      }]),
    ) as Record<Key, Numbers>;
  return runTrial(reference({ dtype: "float64" }), {
    ...trial,
    inputs: absolute(trial.inputs),
    outputs: absolute(trial.outputs),
  });
}

/** Asserts that two arrays hold the same numbers; NaN equals NaN, and 0 equals −0. */
export function assertSame(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  name: string,
): void {
  assertEach(actual, expected, (a, e) => a === e, name);
}

/** As {@linkcode assertSame}, and 0 differs from −0. */
export function assertIdentical(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  name: string,
): void {
  assertEach(actual, expected, Object.is, name);
}

/** Asserts that each number is within its bound of the exact one, overflow and underflow considered. */
export function assertWithin(
  actual: NumericArray,
  exact: NumericArray,
  options: {
    readonly bound: number | ArrayLike<number>;
    readonly float: FloatType;
    readonly name: string;
  },
): void {
  const { bound, float, name } = options;
  const boundOf = (i: number) => typeof bound === "number" ? bound : bound[i]!;
  const within = (a: number, e: number, i: number) => {
    if (actual instanceof Int32Array) return a === e;
    const limit = boundOf(i);
    if (!Number.isFinite(e)) return a === e;
    if (!Number.isFinite(a)) {
      return Math.abs(e) + limit > LARGEST[float] && a === Math.sign(e) * Infinity;
    }
    return Math.abs(a - e) <= limit + (limit > 0 ? SMALLEST_NORMAL[float] : 0);
  };
  assertEach(actual, exact, within, name, (i) => ` ± ${boundOf(i)}`);
}

function assertEach(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  holds: (actual: number, expected: number, i: number) => boolean,
  name: string,
  suffix: (i: number) => string = () => "",
): void {
  assert(
    actual.length === expected.length,
    `${name} has ${actual.length} numbers instead of ${expected.length}`,
  );
  let first = -1;
  let count = 0;
  for (let i = 0; i < actual.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!];
    if ((Number.isNaN(a) && Number.isNaN(e)) || holds(a, e, i)) continue;
    if (first < 0) first = i;
    count++;
  }
  assert(
    count === 0,
    `${name} is wrong in ${count} of ${actual.length} places, first at ${first}: ${
      actual[first]
    } instead of ${expected[first]}${suffix(first)}`,
  );
}
