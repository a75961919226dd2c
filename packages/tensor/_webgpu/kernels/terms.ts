import type { Operand } from "../../backend.ts";
import type { KernelRun } from "../kernel_run.ts";
import type { Uniforms } from "../uniform_log.ts";
import { entry, wgsl } from "../wgsl.ts";

/** A sum of many terms that a program computes: Σ term(i) for i below `size`, divided by `divisor`. */
export interface Terms<Read extends string, Write extends string> {
  /** What errors call it. */
  readonly name: string;
  /** What `declare` depends on. */
  readonly key?: string;
  readonly reads: Readonly<Record<Read, Operand | null>>;
  /** What else the terms write. */
  readonly writes: Readonly<Record<Write, Operand | null>>;
  readonly uniforms?: Uniforms;
  /** How many terms. */
  readonly size: number;
  /** A number, or an operand of one number. */
  readonly divisor: number | Operand;
  /** WGSL that declares `fn term(i: u32) -> f32`, and whatever that needs. */
  readonly declare: (arrays: Readonly<Record<Read | Write, string>>) => string;
}

/** The most sums that the terms are gathered in. */
const MOST_PARTS = 4096;

/** In how many sums so many terms are gathered. */
export function termsParts(size: number): number {
  return Math.min(MOST_PARTS, size);
}

/** `out [parts]`: each the sum of every `parts`-th term, one invocation each, in the same order each time. */
export function termsRun<Read extends string, Write extends string>(
  { name, key, reads, writes, uniforms, size, declare }: Terms<Read, Write>,
  out: Operand,
): KernelRun<Read, Write | "out"> {
  const parts = termsParts(size);
  return {
    name,
    ...key === undefined ? {} : { key },
    reads,
    writes: { ...writes, out } as Readonly<Record<Write | "out", Operand | null>>,
    uniforms: { ...uniforms, u32: { ...uniforms?.u32, size, parts } },
    workgroups: Math.ceil(parts / 64),
    source: (arrays) =>
      declare(arrays) + entry(
        64,
        wgsl`
  if (invocation < uniforms.parts) {
    var sum = 0.0;
    for (var i = invocation; i < uniforms.size; i += uniforms.parts) {
      sum += term(i);
    }
    ${arrays.out}[invocation] = sum;
  }`,
      ),
  };
}
