import type { Operand, PoolGeometry } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import { entry, wgsl } from "../wgsl.ts";
import { declareCover, declareWindow, poolUniforms } from "./pool_geometry.ts";

/** The mean of the numbers of each window that lie inside `x`. */
export function averagePool2dRun(
  { x, out }: { readonly x: Operand; readonly out: Operand },
  options: PoolGeometry,
): KernelRun<"x", "out"> {
  const size = sizeOf(out.shape);
  const { u32, i32 } = poolUniforms(x, out, options);
  return {
    name: "averagePool2d",
    reads: { x },
    writes: { out },
    uniforms: { u32: { size, ...u32 }, i32 },
    workgroups: Math.ceil(size / 64),
    source: ({ x, out }) =>
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
  var sum = 0.0;
  for (var row = window.firstRow; row < window.endRow; row++) {
    for (var column = window.firstColumn; column < window.endColumn; column++) {
      let at = (image * uniforms.height + row) * uniforms.width + column;
      sum += ${x}[at * i32(uniforms.channels) + channel];
    }
  }
  ${out}[invocation] = sum / f32(countOf(window));`,
      ),
  };
}

/** Each number of `out` adds up its share of `dy` of the windows that it lies in. */
export function averagePool2dGradientRun(
  { dy, out }: { readonly dy: Operand; readonly out: Operand },
  options: PoolGeometry,
): KernelRun<"dy", "out"> {
  const size = sizeOf(out.shape);
  const { u32, i32 } = poolUniforms(out, dy, options);
  return {
    name: "averagePool2dGradient",
    reads: { dy },
    writes: { out },
    uniforms: { u32: { size, ...u32 }, i32 },
    workgroups: Math.ceil(size / 64),
    source: ({ dy, out }) =>
      declareWindow + declareCover + entry(
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
      sum += ${dy}[at * i32(uniforms.channels) + channel] / f32(countOf(windowOf(row, column)));
    }
  }
  ${out}[invocation] = sum;`,
      ),
  };
}
