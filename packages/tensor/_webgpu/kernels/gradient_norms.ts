import type { Operand } from "../../backend.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";
import { type Share, shareUniforms, takeShare } from "./shares.ts";

/** Σ g² of each workgroup's numbers, into `out` from `first` on. */
export function squaresRun(
  gradients: readonly Operand[],
  shares: readonly Share[],
  { out, first }: { readonly out: Operand; readonly first: number },
): KernelRun<string, "out"> {
  return {
    name: "gradientNorms.squares",
    key: `${gradients.length}`,
    reads: Object.fromEntries(gradients.map((gradient, at) => [`g${at}`, gradient])),
    writes: { out },
    uniforms: { u32: { first, ...shareUniforms(shares) } },
    workgroups: shares.reduce((sum, { workgroups }) => sum + workgroups, 0),
    source: (arrays) =>
      wgsl`
var<workgroup> sums: array<f32, 64>;
` + entry(
        64,
        wgsl`
  var sum = 0.0;
  ${
          takeShare(gradients.length, (at) =>
            `let g = ${arrays[`g${at}`]}[i];
        sum += g * g;`)
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
    ${arrays.out}[uniforms.first + workgroup] = sums[0];
  }`,
      ),
  };
}

/** The root of each gradient's sum of squares, and of the sum of all, from the sums of workgroups. */
export function normsRun(
  { squares, ends, norms }: {
    readonly squares: Operand;
    /** Behind the last workgroup of each gradient. */
    readonly ends: readonly number[];
    readonly norms: Operand;
  },
): KernelRun<"squares", "norms"> {
  return {
    name: "gradientNorms.norms",
    key: `${ends.length}`,
    reads: { squares },
    writes: { norms },
    uniforms: { u32: Object.fromEntries(ends.map((end, at) => [`end${at}`, end])) },
    workgroups: 1,
    source: ({ squares, norms }) =>
      entry(
        1,
        wgsl`
  var all = 0.0;
  var at = 0u;
  var sum = 0.0;
  ${
          ends.map((_, gradient) =>
            `sum = 0.0;
  for (; at < uniforms.end${gradient}; at++) {
    sum += ${squares}[at];
  }
  all += sum;
  ${norms}[${gradient}] = sqrt(sum);`
          ).join("\n  ")
        }
  ${norms}[${ends.length}] = sqrt(all);`,
      ),
  };
}
