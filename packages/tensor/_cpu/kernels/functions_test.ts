import { assert } from "@std/assert";
import { cpu } from "@gradus/tensor/cpu";
import { ERROR_BOUNDS, POWER_BOUND, worstError, worstPowerError } from "./function_errors.ts";

for (const simd of ["relaxed", "plain"] as const) {
  for (const op of Object.keys(ERROR_BOUNDS) as (keyof typeof ERROR_BOUNDS)[]) {
    Deno.test(`${op} of ${simd} SIMD is within ${ERROR_BOUNDS[op]} ulp`, async () => {
      const backend = await cpu({ simd, threads: 1 });
      // A prime, so that all exponents and all kinds of fractions come.
      const { ulp, at } = await worstError(backend, op, { step: 16381 });
      assert(ulp <= ERROR_BOUNDS[op], `${ulp} at ${at}`);
      await backend.close();
    });
  }

  Deno.test(`power of ${simd} SIMD is within ${POWER_BOUND} ulp, signs and all`, async () => {
    const backend = await cpu({ simd, threads: 1 });
    const { ulp, at } = await worstPowerError(backend, { pairs: 20_000 });
    assert(ulp <= POWER_BOUND, `${ulp} at ${at}`);
    await backend.close();
  });
}
