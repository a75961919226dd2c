import type { Conv2dGeometry, Operand } from "../../backend.ts";
import type { KernelRun } from "../kernel_run.ts";
import { wgsl } from "../wgsl.ts";
import { epilogue, epilogueElements, epilogueKey, PLAIN } from "./epilogue.ts";
import {
  addProducts,
  columnsAcross,
  declareSums,
  lines,
  range,
  registerGrid,
  registerProgram,
  type RegisterTile,
  rowsAcross,
  storeSums,
} from "./register_tile.ts";

/**
 * ∂L/∂kernel: a product whose rows are the taps of the kernel with their channels, and whose inner axis are
 * the pixels of `dy`, with tiles in registers. In several parts, of `partLines` rows of pixels each, `out` is
 * `[parts, …kernel]`, whose sum is the gradient.
 */
export function kernelGradientRun(
  { x, dy, out }: { readonly x: Operand; readonly dy: Operand; readonly out: Operand },
  [kernelHeight, kernelWidth, inner, filters]: readonly [number, number, number, number],
  { stride, padding, dilation, groups }: Conv2dGeometry,
  { tile, parts, partLines }: {
    readonly tile: RegisterTile;
    readonly parts: number;
    readonly partLines: number;
  },
): KernelRun<"x" | "dy", "out"> {
  const [images, height, width, channels] = x.shape as [number, number, number, number];
  const [, rows, columns] = dy.shape as [number, number, number];
  const n = filters / groups;
  const m = kernelHeight * kernelWidth * inner;
  const grid = registerGrid(tile, { m, n, batch: parts * groups });
  const store = { ...PLAIN, isVector: n % 4 === 0 };
  const isVectorLeft = inner % 4 === 0;
  // Rows of the tile that belong to one tap.
  const shared = inner % tile.rows === 0 ? tile.rows : isVectorLeft ? 4 : 1;
  const rest = columns % 4;
  const lineOf = (i: number) => i - i % shared;
  return {
    name: "kernelGradient",
    key: `${grid.key}|${rest}|${shared}|${epilogueKey(store)}`,
    reads: { x, dy },
    writes: { out },
    elements: {
      x: isVectorLeft ? "vec4<f32>" : "f32",
      dy: store.isVector ? "vec4<f32>" : "f32",
      out: epilogueElements(store).out,
    },
    uniforms: {
      i32: {
        ...grid.i32,
        parts,
        partLines,
        allLines: images * rows,
        rows,
        columns,
        height,
        width,
        channels,
        kernelWidth,
        inner,
        filters,
        strideRow: stride[0],
        strideColumn: stride[1],
        top: padding[0],
        left: padding[1],
        dilationRow: dilation[0],
        dilationColumn: dilation[1],
      },
    },
    workgroups: grid.workgroups,
    source: ({ x, dy, out }) =>
      epilogue(store, { out, bias: "" }) + registerProgram(
        tile,
        n,
        wgsl`
  let convolutionGroup = at / uniforms.parts;
  let part = at % uniforms.parts;
  ${
          lines(
            range(tile.rows).filter((i) => i === lineOf(i)).map((i) =>
              wgsl`
  let tap${i} = (row + ${i}) / uniforms.inner;
  let row${i} = tap${i} / uniforms.kernelWidth * uniforms.dilationRow - uniforms.top;
  let column${i} = tap${i} % uniforms.kernelWidth * uniforms.dilationColumn - uniforms.left;
  let channel${i} = (row${i} * uniforms.width + column${i}) * uniforms.channels
    + (row + ${i}) % uniforms.inner + convolutionGroup * uniforms.inner;`
            ),
          )
        }
  ${declareSums(tile)}
  let end = min((part + 1) * uniforms.partLines, uniforms.allLines);
  for (var line = part * uniforms.partLines; line < end; line++) {
    let pixelRow = line % uniforms.rows * uniforms.strideRow;
    let xLine = (line / uniforms.rows * uniforms.height + pixelRow) * uniforms.width;
    let dyLine = line * uniforms.columns;
    ${
          lines(
            range(tile.rows).filter((i) => i === lineOf(i)).map((i) =>
              `let inside${i} = u32(pixelRow + row${i}) < u32(uniforms.height);`
            ),
          )
        }
    ${
          addProducts(tile, {
            first: "0",
            end: "uniforms.columns",
            rest,
            left: rowsAcross(tile, {
              array: x,
              isVector: isVectorLeft,
              start: (inner, i) =>
                `(xLine + ${inner} * uniforms.strideColumn) * uniforms.channels + channel${
                  lineOf(i)
                } + ${i - lineOf(i)}`,
              guard: (inner, i, { value, zero }) =>
                `select(${zero}, ${value}, inside${
                  lineOf(i)
                } && u32(${inner} * uniforms.strideColumn + column${
                  lineOf(i)
                }) < u32(uniforms.width))`,
            }),
            right: columnsAcross({
              array: dy,
              isVector: store.isVector,
              start: (inner, j) =>
                `(dyLine + ${inner}) * uniforms.filters + convolutionGroup * uniforms.n + column + ${j}`,
            }),
          })
        }
  }
  ${
          storeSums(tile, {
            start: (i) =>
              `(part * uniforms.m + row + ${i}) * uniforms.filters + convolutionGroup * uniforms.n`,
          })
        }`,
      ),
  };
}
