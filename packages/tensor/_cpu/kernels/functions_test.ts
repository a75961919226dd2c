import { assert } from "@std/assert";
import { cpu } from "@gradus/tensor/cpu";
import { ERROR_BOUNDS, worstError } from "./function_errors.ts";

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
}
