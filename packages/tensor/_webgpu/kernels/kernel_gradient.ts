import type { Operand } from "../../backend.ts";
import type { KernelRun } from "../kernel_run.ts";
import { wgsl } from "../wgsl.ts";
import { epilogue, epilogueElements, epilogueKey, PLAIN } from "./epilogue.ts";
import { type Patches, patchFunctions, patchUniforms } from "./patches.ts";
import { productGrid, type ProductTile } from "./product_tile.ts";
import {
  addProducts,
  columnsAcross,
  declareSums,
  lines,
  range,
  registerProgram,
  rowsAcross,
  storeSums,
  termsOf,
} from "./register_tile.ts";
import { workgroupProgram } from "./workgroup_tile.ts";

/**
 * ∂L/∂kernel: a product of the transposed patches of `x` with `dy`. Its rows are the taps of the kernel with
 * their channels, its terms the pixels of `dy`. In several parts, of `partLines` rows of pixels each, `out` is
 * `[parts, …kernel]`, whose sum is the gradient.
 */
export function kernelGradientRun(
  { x, dy, out }: { readonly x: Operand; readonly dy: Operand; readonly out: Operand },
  patches: Patches,
  { tile, groups, parts, partLines }: {
    readonly tile: ProductTile;
    readonly groups: number;
    readonly parts: number;
    readonly partLines: number;
  },
): KernelRun<"x" | "dy", "out"> {
  const [images, rows, columns, filters] = dy.shape as [number, number, number, number];
  const { taps, channels } = patches;
  const n = filters / groups;
  const m = taps[0] * taps[1] * channels;
  const grid = productGrid(tile, { m, n, batch: parts * groups });
  const store = { ...PLAIN, isVector: n % 4 === 0 };
  const isVectorLeft = tile.family === "registers" && channels % 4 === 0;
  const isVectorRight = tile.family === "registers" && store.isVector;
  // So many rows of a register tile, one after the other, belong to the same tap.
  const run = tile.family !== "registers"
    ? 1
    : channels % tile.rows === 0
    ? tile.rows
    : isVectorLeft
    ? 4
    : 1;
  const terms = termsOf(columns);
  return {
    name: "kernelGradient",
    key: `${grid.key}|${terms.key}|${run}|${epilogueKey(store)}`,
    reads: { x, dy },
    writes: { out },
    elements: {
      x: isVectorLeft ? "vec4<f32>" : "f32",
      dy: isVectorRight ? "vec4<f32>" : "f32",
      out: epilogueElements(store).out,
    },
    uniforms: {
      i32: {
        ...grid.i32,
        ...patchUniforms(x, patches),
        filters,
        parts,
        partLines,
        allLines: images * rows,
      },
    },
    workgroups: grid.workgroups,
    source: ({ x, dy, out }) => {
      const library = epilogue(store, { out, bias: "" }) + patchFunctions;
      const declare = wgsl`
  let part = at % uniforms.parts;
  let inGroup = at / uniforms.parts;
  let endLine = min((part + 1) * uniforms.partLines, uniforms.allLines);`;
      const start = (row: string) =>
        `(part * uniforms.m + ${row}) * uniforms.filters + inGroup * uniforms.n`;
      const tapOf = (row: string) => `tapAt(${row}) + inArray(inGroup * uniforms.channels)`;
      if (tile.family === "workgroup") {
        return library + workgroupProgram(tile, {
          declare,
          first: "part * uniforms.partLines * uniforms.columns",
          end: "endLine * uniforms.columns",
          left: {
            isAlong: false,
            line: tapOf,
            inner: (pixel) => `patchOf(pixelAt(${pixel}))`,
            read: (place) => `select(0.0, ${x}[(${place}).z], isInside(${place}))`,
          },
          right: {
            isAlong: false,
            line: (column) => `inGroup * uniforms.n + ${column}`,
            inner: (pixel) => `${pixel} * uniforms.filters`,
            read: (place) => `${dy}[${place}]`,
          },
          start,
        });
      }
      const firstOf = (i: number) => i - i % run;
      return library + registerProgram(
        tile,
        n,
        wgsl`
  ${declare}
  ${
          lines(
            range(tile.rows).filter((i) => i % run === 0)
              .map((i) => `let tap${i} = ${tapOf(`row + ${i}`)};`),
          )
        }
  let step = vec3i(0, uniforms.columnStep, uniforms.columnStep * uniforms.allChannels);
  ${declareSums(tile)}
  for (var line = part * uniforms.partLines; line < endLine; line++) {
    let patchLine = patchOf(vec3i(0, line % uniforms.rows, line / uniforms.rows));
    let slopes = line * uniforms.columns * uniforms.filters + inGroup * uniforms.n + column;
    ${
          addProducts(tile, {
            first: "0",
            end: "uniforms.columns",
            terms,
            left: rowsAcross(tile, {
              array: x,
              isVector: isVectorLeft,
              start: (inner, i) =>
                `patchLine.z + tap${firstOf(i)}.z + ${inner} * step.z + ${i % run}`,
              guard: (inner, i, { value, zero }) =>
                `select(${zero}, ${value}, isInside(patchLine + tap${
                  firstOf(i)
                } + ${inner} * step))`,
            }),
            right: columnsAcross({
              array: dy,
              isVector: isVectorRight,
              start: (inner, j) => `slopes + ${inner} * uniforms.filters + ${j}`,
            }),
          })
        }
  }
  ${storeSums(tile, { start: (i) => start(`row + ${i}`) })}`,
      );
    },
  };
}
