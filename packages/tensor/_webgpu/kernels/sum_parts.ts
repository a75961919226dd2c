import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";

/**
 * `out [] = Σ parts / divisor`, by one workgroup; the divisor is a number, or an operand of one. A program of
 * its own, as a processor that plays a GPU takes milliseconds for a barrier behind a long program.
 */
export function sumPartsRun(
  { parts, divisor, out }: {
    readonly parts: Operand;
    readonly divisor: number | Operand;
    readonly out: Operand;
  },
): KernelRun<"parts" | "divisor", "out"> {
  const size = sizeOf(parts.shape);
  const isKnown = typeof divisor === "number";
  return {
    name: "sumParts",
    reads: { parts, divisor: isKnown ? null : divisor },
    writes: { out },
    uniforms: { u32: { size }, f32: isKnown ? { divisor } : {} },
    workgroups: 1,
    source: (arrays) =>
      wgsl`
var<workgroup> sums: array<f32, 64>;
` + entry(
        64,
        wgsl`
  var sum = 0.0;
  for (var i = lane; i < uniforms.size; i += 64u) {
    sum += ${arrays.parts}[i];
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
    ${arrays.out}[0] = sums[0] / ${isKnown ? "uniforms.divisor" : `${arrays.divisor}[0]`};
  }`,
      ),
  };
}
