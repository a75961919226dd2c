import { lacksWebGpu } from "@gradus/testing";
import { webGpu } from "@gradus/tensor/webgpu";
import { assert } from "@std/assert";
import { ERROR_BOUNDS, worstError } from "../../_cpu/kernels/function_errors.ts";

const ignore = await lacksWebGpu();

/** What WGSL allows a division to be off, in units in the last place; most of the functions have one. */
const DIVISION = 2.5;

for (const op of Object.keys(ERROR_BOUNDS) as (keyof typeof ERROR_BOUNDS)[]) {
  const bound = ERROR_BOUNDS[op] + DIVISION;
  Deno.test(`${op} on webgpu is within ${bound} ulp`, { ignore }, async () => {
    const backend = await webGpu();
    // A prime, so that all exponents and all kinds of fractions come.
    const { ulp, at } = await worstError(backend, op, { step: 16381 });
    assert(ulp <= bound, `${ulp} at ${at}`);
    await backend.close();
  });
}
