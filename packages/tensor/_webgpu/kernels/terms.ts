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

/** Terms of one workgroup, beyond which there are more of them. */
const TERMS_PER_WORKGROUP = 1024;

/** Workgroups of a sum: their sums are added by one. */
const MOST_WORKGROUPS = 256;

/** How many workgroups sum so many terms, each a part. */
export function termsWorkgroups(size: number): number {
  return Math.min(MOST_WORKGROUPS, Math.ceil(size / TERMS_PER_WORKGROUP));
}

/** `out [workgroups]`, each the sum of its terms, in the same order each time. */
export function termsRun<Read extends string, Write extends string>(
  { name, key, reads, writes, uniforms, size, divisor, declare }: Terms<Read, Write>,
  out: Operand,
  workgroups: number,
): KernelRun<Read | "divisor", Write | "out"> {
  const isKnown = typeof divisor === "number";
  return {
    name,
    ...key === undefined ? {} : { key },
    reads: { ...reads, divisor: isKnown ? null : divisor } as Readonly<
      Record<Read | "divisor", Operand | null>
    >,
    writes: { ...writes, out } as Readonly<Record<Write | "out", Operand | null>>,
    uniforms: {
      ...uniforms,
      u32: { ...uniforms?.u32, size, workgroups },
      f32: { ...uniforms?.f32, ...isKnown ? { divisor } : {} },
    },
    workgroups,
    source: (arrays) =>
      wgsl`${declare(arrays)}
var<workgroup> sums: array<f32, 64>;
` + entry(
        64,
        wgsl`
  var sum = 0.0;
  for (var i = invocation; i < uniforms.size; i += 64u * uniforms.workgroups) {
    sum += term(i);
  }
  sums[lane] = sum;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half = half / 2u) {
    if (lane < half) {
      sums[lane] += sums[lane + half];
    }
    workgroupBarrier();
  }
  if (lane == 0u) {
    ${arrays.out}[workgroup] = sums[0] / ${isKnown ? "uniforms.divisor" : `${arrays.divisor}[0]`};
  }`,
      ),
  };
}
