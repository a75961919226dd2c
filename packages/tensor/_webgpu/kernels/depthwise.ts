import type { Operand } from "../../backend.ts";
import type { KernelRun } from "../kernel_run.ts";
import { wgsl } from "../wgsl.ts";
import { type Correlation, resultFunctions, resultUniforms } from "./correlation.ts";
import { epilogue, epilogueElements, epilogueKey, type Store } from "./epilogue.ts";
import { patchFunctions, patchUniforms } from "./patches.ts";
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

/** Four pixels share the weights of four channels. */
const TILE: RegisterTile = { family: "registers", rows: 4, columns: 4 };

/**
 * A correlation whose groups have one channel each, and one of the result: there is nothing to sum over but
 * the taps, so the channels of a pixel are what lies side by side.
 */
export function depthwiseRun(
  { source, kernel, bias, out }: {
    readonly source: Operand;
    readonly kernel: Operand;
    readonly bias: Operand | null;
    readonly out: Operand;
  },
  correlation: Correlation,
  store: Store,
): KernelRun<"source" | "kernel" | "bias", "out"> {
  const { images, pixels, groups } = correlation;
  const grid = registerGrid(TILE, { m: images * pixels[0] * pixels[1], n: groups, batch: 1 });
  const { isVector } = store;
  const { out: element, bias: biasElement } = epilogueElements(store);
  return {
    name: "depthwise",
    key: `${grid.key}|${epilogueKey(store)}`,
    reads: { source, kernel, bias: store.hasBias ? bias : null },
    writes: { out },
    elements: { source: element, kernel: element, bias: biasElement, out: element },
    uniforms: {
      i32: {
        ...grid.i32,
        ...patchUniforms(source, correlation),
        ...resultUniforms(correlation),
      },
    },
    workgroups: grid.workgroups,
    source: ({ source, kernel, bias, out }) =>
      epilogue(store, { out, bias }) + patchFunctions + resultFunctions + registerProgram(
        TILE,
        groups,
        wgsl`
  var pixel = pixelAt(row);
  ${lines(range(4).map((i) => `let patch${i} = patchOf(pixel); pixel = nextPixel(pixel);`))}
  ${declareSums(TILE)}
  for (var tapRow = zero; tapRow < uniforms.tapRows; tapRow++) {
    for (var tapColumn = zero; tapColumn < uniforms.tapColumns; tapColumn++) {
      let tap = tapPlace(tapRow, tapColumn);
      let weight = ${
          loadFour({ array: kernel, isVector }, "weightPlace(tapRow, tapColumn) + column")
        };
      ${
          lines(
            range(4).map((i) => {
              const x = loadFour({ array: source, isVector }, `patch${i}.z + tap.z + column`);
              const inside = `isInside(patch${i} + tap)`;
              return `sum${i}_0 = fma(select(vec4f(), ${x}, ${inside}), weight, sum${i}_0);`;
            }),
          )
        }
    }
  }
  pixel = pixelAt(row);
  ${storeSums(TILE, { start: () => "resultPlace(pixel)", next: "pixel = nextPixel(pixel);" })}`,
      ),
  };
}
