import type { Operand } from "../../backend.ts";
import type { KernelRun } from "../kernel_run.ts";
import { wgsl } from "../wgsl.ts";
import { epilogue, epilogueElements, epilogueKey, PLAIN } from "./epilogue.ts";
import { type Patches, patchFunctions, patchUniforms } from "./patches.ts";
import {
  declareSums,
  lines,
  loadFour,
  range,
  registerGrid,
  registerProgram,
  type RegisterTile,
  storeSums,
} from "./register_tile.ts";

/** Four taps share the slopes of four channels. */
const TILE: RegisterTile = { family: "registers", rows: 4, columns: 4 };

/**
 * ∂L/∂kernel `[taps, channels]` of groups that have one channel each, and one filter. In several parts, of
 * `partLines` rows of pixels each, `out` is `[parts, taps, channels]`, whose sum is the gradient.
 */
export function depthwiseKernelGradientRun(
  { x, dy, out }: { readonly x: Operand; readonly dy: Operand; readonly out: Operand },
  patches: Patches,
  { parts, partLines }: { readonly parts: number; readonly partLines: number },
): KernelRun<"x" | "dy", "out"> {
  const [images, rows, , channels] = dy.shape as [number, number, number, number];
  const { taps } = patches;
  const grid = registerGrid(TILE, { m: taps[0] * taps[1], n: channels, batch: parts });
  const isVector = channels % 4 === 0;
  const store = { ...PLAIN, isVector };
  const { out: element } = epilogueElements(store);
  return {
    name: "depthwiseKernelGradient",
    key: `${grid.key}|${epilogueKey(store)}`,
    reads: { x, dy },
    writes: { out },
    elements: { x: element, dy: element, out: element },
    uniforms: {
      i32: { ...grid.i32, ...patchUniforms(x, patches), partLines, allLines: images * rows },
    },
    workgroups: grid.workgroups,
    source: ({ x, dy, out }) =>
      epilogue(store, { out, bias: "" }) + patchFunctions + registerProgram(
        TILE,
        channels,
        wgsl`
  ${lines(range(4).map((i) => `let tap${i} = tapAt(row + ${i});`))}
  ${declareSums(TILE)}
  let endLine = min((at + 1) * uniforms.partLines, uniforms.allLines);
  for (var line = at * uniforms.partLines; line < endLine; line++) {
    for (var pixel = zero; pixel < uniforms.columns; pixel++) {
      let patchStart = patchOf(vec3i(pixel, line % uniforms.rows, line / uniforms.rows));
      let slope = ${
          loadFour(
            { array: dy, isVector },
            "(line * uniforms.columns + pixel) * uniforms.n + column",
          )
        };
      ${
          lines(
            range(4).map((i) => {
              const number = loadFour({ array: x, isVector }, `patchStart.z + tap${i}.z + column`);
              const inside = `isInside(patchStart + tap${i})`;
              return `sum${i}_0 = fma(select(vec4f(), ${number}, ${inside}), slope, sum${i}_0);`;
            }),
          )
        }
    }
  }
  ${storeSums(TILE, { start: (i) => `(at * uniforms.m + row + ${i}) * uniforms.n` })}`,
      ),
  };
}
