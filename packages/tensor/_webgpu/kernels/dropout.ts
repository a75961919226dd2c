import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import { wgsl } from "../wgsl.ts";
import { pointwise, pointwiseWorkgroups } from "./pointwise.ts";

/** `out = hash(key, step, i) / 2³² < rate ? 0 : x / (1 − rate)`; the hash is that of `@gradus/random/hash`. */
export function dropoutRun(
  x: Operand,
  { rate, key, step, out }: {
    readonly rate: number;
    readonly key: number;
    readonly step: number;
    readonly out: Operand;
  },
): KernelRun<"x", "out"> {
  const size = sizeOf(out.shape);
  const threshold = Math.min(Math.ceil(rate * 2 ** 32), 2 ** 32 - 1);
  return {
    name: "dropout",
    reads: { x },
    writes: { out },
    elements: { x: "vec4<f32>", out: "vec4<f32>" },
    uniforms: { u32: { size, key, step, threshold }, f32: { kept: 1 - rate } },
    workgroups: pointwiseWorkgroups(size),
    source: ({ x, out }) =>
      wgsl`
fn scramble(x: u32) -> u32 {
  var h = x + 0x9e3779b9u;
  h = (h ^ (h >> 16u)) * 0x21f0aaadu;
  h = (h ^ (h >> 15u)) * 0xd35a2d97u;
  return h ^ (h >> 15u);
}

fn hash(key: u32, step: u32, element: u32) -> u32 {
  return scramble(key ^ scramble(step ^ scramble(element)));
}
` + pointwise({
        out,
        whole: { x },
        input: "f32",
        output: "f32",
        body: wgsl`
  let isDropped = hash(uniforms.key, uniforms.step, i) < uniforms.threshold;
  return select(x / uniforms.kept, 0.0, isDropped);`,
      }),
  };
}
