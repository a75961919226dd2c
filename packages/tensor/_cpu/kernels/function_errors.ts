/**
 * Measures the errors of the vector functions against float64, over every 13th of all float32 numbers, in
 * some minutes: `deno run -A packages/tensor/_cpu/kernels/function_errors.ts` prints the table of
 * docs/results/functions.md.
 *
 * @module
 */

import { random } from "@gradus/random";
import { binaryFunctions, unaryFunctions } from "../../_reference/functions.ts";
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
  sin: 0.51,
  cos: 0.51,
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

/** How far off a float32 result is, in units in the last place of the exact one; 0 if it is that, rounded. */
export function errorInUlp(result: number, exact: number): number {
  const rounded = Math.fround(exact);
  if (result === rounded || (Number.isNaN(result) && Number.isNaN(rounded))) return 0;
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(exact))));
  return Math.abs(result - exact) / 2 ** (exponent - 23);
}

/** Bases and exponents that IEEE 754 has rules for, and what is near to them. */
const SPECIAL = [
  ...[0, 1, 2, 3, 0.5, 1.5, Infinity, 2 ** -149, 3.4e38, 2 ** 24 - 1, 2 ** 24, 2 ** 31, 2 ** 32]
    .flatMap((number) => [number, -number]),
  ...[1 + 2 ** -23, 1 - 2 ** -24, -1 - 2 ** -23, 1e-10, -149, -150, 127, 128, NaN],
];

/** The error that `power` keeps, in units in the last place. */
export const POWER_BOUND = 0.51;

/**
 * The largest error of `power`: on all pairs of special numbers, and on `pairs` each of any bits, of bases
 * up to 10 and exponents up to ±30, whole and not, and of bases near 1 and large exponents.
 */
export async function worstPowerError(
  backend: Backend,
  { pairs }: { readonly pairs: number },
): Promise<{ ulp: number; at: readonly [number, number] }> {
  const stream = random(1);
  const bits = new Uint32Array(1);
  const ofBits = () => {
    bits[0] = stream.bits();
    return new Float32Array(bits.buffer)[0]!;
  };
  const kinds: (() => readonly [number, number])[] = [
    () => [ofBits(), ofBits()],
    () => [stream.uniform(0, 10), stream.uniform(-30, 30)],
    () => [stream.uniform(-10, 10), Math.round(stream.uniform(-30, 30))],
    () => [stream.uniform(0.999, 1.001), stream.uniform(-1e5, 1e5)],
  ];
  const all = [
    ...SPECIAL.flatMap((a) => SPECIAL.map((b) => [a, b] as const)),
    ...kinds.flatMap((pair) => Array.from({ length: pairs }, pair)),
  ];
  const [a, b] = [0, 1].map((side) => Float32Array.from(all, (pair) => pair[side]!));
  const operands = [a!, b!, new Float32Array(all.length)].map((values) => {
    const storage = backend.allocate("float32", values.length, "numbers");
    backend.write(storage, values, 0);
    return { storage, shape: [values.length], dtype: "float32" } as const;
  });
  backend.binary("power", operands[0]!, operands[1]!, operands[2]!);
  const found = await backend.read(operands[2]!.storage, 0, all.length);
  let worst: { ulp: number; at: readonly [number, number] } = { ulp: 0, at: [0, 0] };
  found.forEach((value, i) => {
    const exact = binaryFunctions.power(a![i]!, b![i]!);
    const isOtherZero = value === 0 && !Object.is(value, Math.fround(exact));
    const ulp = isOtherZero ? Infinity : errorInUlp(value, exact);
    if (!(ulp <= worst.ulp)) worst = { ulp, at: [a![i]!, b![i]!] };
  });
  for (const { storage } of operands) backend.release(storage);
  return worst;
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
  const backend = await cpu({ threads: 1 });
  const { ulp, at } = await worstPowerError(backend, { pairs: 1e6 });
  console.log(`power: ${ulp.toFixed(2)} at ${at.join(" and ")}`);
  await backend.close();
}
