import type { Operand } from "../../backend.ts";
import { type Shape, sizeOf } from "../../shape.ts";
import type { KernelRun } from "../kernel_run.ts";
import type { Uniforms } from "../uniform_log.ts";
import { entry, wgsl } from "../wgsl.ts";

/** Places along the axes of a shape: a start, and how far each axis moves on. */
export interface Walk {
  readonly shape: Shape;
  readonly start: number;
  readonly strides: readonly number[];
}

/**
 * Copies bit by bit between numbers in a row and numbers `strides` apart: `"gather"` reads these, `"scatter"`
 * writes them.
 */
export function stridedCopyRun(
  direction: "gather" | "scatter",
  { x, out }: { readonly x: Operand; readonly out: Operand },
  walk: Walk,
): KernelRun<"x", "out"> {
  const size = sizeOf(walk.shape);
  const axes = mergeAxes(walk);
  const lengths: Record<string, number> = {};
  const strides: Record<string, number> = { start: walk.start };
  axes.forEach(({ length, stride }, at) => {
    lengths[`length${at}`] = length;
    strides[`stride${at}`] = stride;
  });
  const uniforms: Uniforms = { u32: { size, ...lengths }, i32: strides };
  return {
    name: `stridedCopy.${direction}`,
    reads: { x },
    writes: { out },
    elements: { x: "u32", out: "u32" },
    uniforms,
    workgroups: Math.ceil(size / 64),
    source: ({ x, out }) =>
      entry(
        64,
        wgsl`
  if (invocation < uniforms.size) {
    var rest = invocation;
    var place = uniforms.start;
    ${findPlace(axes.length)}
    ${
          direction === "gather"
            ? `${out}[invocation] = ${x}[place];`
            : `${out}[place] = ${x}[invocation];`
        }
  }`,
      ),
  };
}

function findPlace(axes: number): string {
  const lines: string[] = [];
  for (let at = axes - 1; at >= 0; at--) {
    lines.push(`place += i32(rest % uniforms.length${at}) * uniforms.stride${at};`);
    lines.push(`rest = rest / uniforms.length${at};`);
  }
  return lines.join("\n    ");
}

/** Axes of a walk without those of one place; neighbours that move on evenly are one. */
function mergeAxes({ shape, strides }: Walk): { length: number; stride: number }[] {
  const axes: { length: number; stride: number }[] = [];
  shape.forEach((length, axis) => {
    if (length === 1) return;
    const stride = strides[axis]!;
    const outer = axes.at(-1);
    if (outer?.stride === stride * length) {
      outer.length *= length;
      outer.stride = stride;
    } else {
      axes.push({ length, stride });
    }
  });
  return axes;
}
