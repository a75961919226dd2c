/**
 * Measures the errors of the vector functions against float64, over every 13th of all float32 numbers, in
 * some minutes: `deno run -A packages/tensor/_cpu/kernels/function_errors.ts` prints the table of
 * docs/results/functions.md.
 *
 * @module
 */

import { unaryFunctions } from "../../_reference/functions.ts";
import type { Backend, UnaryOp } from "../../backend.ts";
import { cpu } from "../../cpu.ts";

/** The functions that are approximated, with the errors that they keep, in units in the last place. */
export const ERROR_BOUNDS = {
  exp: 1.1,
  log: 1,
  tanh: 1.5,
  erf: 1.7,
  sigmoid: 2,
  softplus: 2,
  arctan: 1.5,
} as const satisfies Partial<Record<UnaryOp, number>>;

/** Numbers in one go. */
const CHUNK = 1 << 18;

/** The largest error of a function over every `step`-th of all float32 numbers, and where it is. */
export async function worstError(
  backend: Backend,
  op: UnaryOp,
  { step }: { readonly step: number },
): Promise<{ ulp: number; at: number }> {
  const bits = new Uint32Array(CHUNK);
  const storage = backend.allocate("float32", CHUNK, "numbers");
  const operand = { storage, shape: [CHUNK], dtype: "float32" } as const;
  const worst = { ulp: 0, at: 0 };
  for (let first = 0; first < 2 ** 32; first += CHUNK * step) {
    for (let i = 0; i < CHUNK; i++) bits[i] = Math.min(first + i * step, 2 ** 32 - 1);
    const x = new Float32Array(bits.buffer);
    backend.write(storage, x, 0);
    backend.unary(op, operand, operand);
    const y = await backend.read(storage, 0, CHUNK);
    for (let i = 0; i < CHUNK; i++) {
      const ulp = errorInUlp(y[i]!, unaryFunctions[op](x[i]!, 0));
      if (!(ulp <= worst.ulp)) Object.assign(worst, { ulp, at: x[i] });
    }
  }
  backend.release(storage);
  return worst;
}

function errorInUlp(result: number, exact: number): number {
  const rounded = Math.fround(exact);
  if (result === rounded || (Number.isNaN(result) && Number.isNaN(rounded))) return 0;
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(exact))));
  return Math.abs(result - exact) / 2 ** (exponent - 23);
}

/** A prime, so that all exponents and all kinds of fractions come. */
const STEP = 13;

if (import.meta.main) {
  console.log(
    "| function | relaxed SIMD | at | plain SIMD | at |\n| --- | --: | --: | --: | --: |",
  );
  for (const op of Object.keys(ERROR_BOUNDS) as (keyof typeof ERROR_BOUNDS)[]) {
    const cells: string[] = [];
    for (const simd of ["relaxed", "plain"] as const) {
      const backend = await cpu({ threads: 1, simd });
      const { ulp, at } = await worstError(backend, op, { step: STEP });
      cells.push(ulp.toFixed(2), String(at));
      await backend.close();
    }
    console.log(`| ${[op, ...cells].join(" | ")} |`);
  }
}
