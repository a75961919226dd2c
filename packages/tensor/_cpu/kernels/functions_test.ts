import { assert } from "@std/assert";
import { cpu } from "@gradus/tensor/cpu";
import { tensor, type UnaryOp } from "@gradus/tensor";
import { unaryFunctions } from "../../_reference/functions.ts";

/** How many numbers of each sign and size are tried; `errors.ts` tries all. */
const SAMPLES = 40_000;

/**
 * The largest error of each function over its domain, in units in the last place of the exact result:
 * `relaxed` and `plain` differ little.
 */
const BOUNDS: Partial<Record<UnaryOp, number>> = {
  exp: 1.2,
  log: 1.2,
  tanh: 2,
  erf: 2,
  sigmoid: 2,
  softplus: 2,
  arctan: 2,
};

for (const simd of ["relaxed", "plain"] as const) {
  Deno.test(`functions of ${simd} SIMD are as exact as they say`, async () => {
    const backend = await cpu({ simd, threads: 1 });
    // All bit patterns of float32, evenly: all exponents count alike.
    const bits = new Int32Array(2 * SAMPLES);
    const step = Math.floor(2 ** 31 / SAMPLES);
    for (let i = 0; i < SAMPLES; i++) {
      bits[2 * i] = i * step;
      bits[2 * i + 1] = (i * step) | (1 << 31);
    }
    const values = new Float32Array(bits.buffer).filter((value) => Number.isFinite(value));
    const x = tensor(backend, values);
    const y = tensor(backend, values);
    for (const [op, bound] of Object.entries(BOUNDS) as [UnaryOp, number][]) {
      backend.unary(op, x, y);
      const results = await y.data();
      let [worst, where] = [0, 0];
      values.forEach((value, i) => {
        const error = errorInUlp(results[i]!, unaryFunctions[op](value, 0));
        if (!(error <= worst)) [worst, where] = [error, value];
      });
      assert(worst <= bound, `${op}: ${worst} ulp at ${where}`);
    }
    await backend.close();
  });
}

function errorInUlp(result: number, exact: number): number {
  const rounded = Math.fround(exact);
  if (Object.is(result, rounded) || result === rounded) return 0;
  if (Number.isNaN(result) && Number.isNaN(rounded)) return 0;
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(exact))));
  return Math.abs(result - exact) / 2 ** (exponent - 23);
}
