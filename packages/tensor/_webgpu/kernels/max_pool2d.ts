import type { Operand, PoolGeometry } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";
import { declareCover, declareWindow, poolUniforms } from "./pool_geometry.ts";

/** The largest number of each window, and its place in `x`. */
export function maxPool2dRun(
  { x, y, indices }: {
    readonly x: Operand;
    readonly y: Operand;
    readonly indices: Operand | null;
  },
  options: PoolGeometry,
): KernelRun<"x", "y" | "indices"> {
  const size = sizeOf(y.shape);
  const { u32, i32 } = poolUniforms(x, y, options);
  return {
    name: "maxPool2d",
    reads: { x },
    writes: { y, indices },
    uniforms: { u32: { size, ...u32 }, i32 },
    workgroups: Math.ceil(size / 64),
    source: ({ x, y, indices }) =>
      declareWindow + entry(
        64,
        wgsl`
  if (invocation >= uniforms.size) {
    return;
  }
  let channel = i32(invocation % uniforms.channels);
  let pixel = i32(invocation / uniforms.channels);
  let window = windowOf(pixel / uniforms.columns % uniforms.rows, pixel % uniforms.columns);
  let image = pixel / (uniforms.rows * uniforms.columns);
  var best = -1;
  var leader = 0.0;
  for (var row = window.firstRow; row < window.endRow; row++) {
    for (var column = window.firstColumn; column < window.endColumn; column++) {
      let at = (image * uniforms.height + row) * uniforms.width + column;
      let place = at * i32(uniforms.channels) + channel;
      let x = ${x}[place];
      /* Only a larger number, or the first NaN, takes the lead: a tie stays with the first. */
      let takesLead = isNan(x) || order(x) > order(leader);
      if (best < 0 || (takesLead && !isNan(leader))) {
        best = place;
        leader = x;
      }
    }
  }
  ${y}[invocation] = leader;
  ${indices === "" ? "" : `${indices}[invocation] = best;`}`,
      ),
  };
}

/** Each number of `out` adds up `dy` of the windows whose largest number it was. */
export function maxPool2dGradientRun(
  { dy, indices, out }: {
    readonly dy: Operand;
    readonly indices: Operand;
    readonly out: Operand;
  },
  options: PoolGeometry,
): KernelRun<"dy" | "indices", "out"> {
  const size = sizeOf(out.shape);
  const { u32, i32 } = poolUniforms(out, dy, options);
  return {
    name: "maxPool2dGradient",
    reads: { dy, indices },
    writes: { out },
    uniforms: { u32: { size, ...u32 }, i32 },
    workgroups: Math.ceil(size / 64),
    source: ({ dy, indices, out }) =>
      declareCover + entry(
        64,
        wgsl`
  if (invocation >= uniforms.size) {
    return;
  }
  let channel = i32(invocation % uniforms.channels);
  let pixel = i32(invocation / uniforms.channels);
  let cover = coverOf(pixel / uniforms.width % uniforms.height, pixel % uniforms.width);
  let image = pixel / (uniforms.height * uniforms.width);
  var sum = 0.0;
  for (var row = cover.firstRow; row < cover.endRow; row++) {
    for (var column = cover.firstColumn; column < cover.endColumn; column++) {
      let at = (image * uniforms.rows + row) * uniforms.columns + column;
      let place = at * i32(uniforms.channels) + channel;
      if (${indices}[place] == i32(invocation)) {
        sum += ${dy}[place];
      }
    }
  }
  ${out}[invocation] = sum;`,
      ),
  };
}
