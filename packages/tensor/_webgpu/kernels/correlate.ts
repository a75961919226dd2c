import type { Operand } from "../../backend.ts";
import type { KernelRun } from "../kernel_run.ts";
import { wgsl } from "../wgsl.ts";
import { type Correlation, resultFunctions, resultUniforms } from "./correlation.ts";
import { epilogue, epilogueElements, epilogueKey, type Store } from "./epilogue.ts";
import { patchFunctions, patchUniforms, staysInside } from "./patches.ts";
import { productGrid, type ProductTile } from "./product_tile.ts";
import {
  addProducts,
  columnsAcross,
  columnsAlong,
  declareSums,
  lines,
  range,
  registerProgram,
  rowsAlong,
  storeSums,
  termsOf,
} from "./register_tile.ts";
import { workgroupProgram } from "./workgroup_tile.ts";

/** The correlation; its rows are pixels of the result. */
export function correlateRun(
  { source, kernel, bias, out }: {
    readonly source: Operand;
    readonly kernel: Operand;
    readonly bias: Operand | null;
    readonly out: Operand;
  },
  correlation: Correlation,
  { tile, store }: { readonly tile: ProductTile; readonly store: Store },
): KernelRun<"source" | "kernel" | "bias", "out"> {
  const { images, pixels, taps, channels, groups, n, weights } = correlation;
  const m = images * pixels[0] * pixels[1];
  const grid = productGrid(tile, { m, n, batch: groups });
  const terms = termsOf(channels);
  const { isTransposed } = weights;
  const loadsVectors = tile.family === "registers";
  const isVectorLeft = loadsVectors && terms.rest === 0;
  const isVectorRight = loadsVectors && (isTransposed ? channels : n) % 4 === 0;
  const isGuarded = !staysInside(source, correlation);
  return {
    name: "correlate",
    key: `${grid.key}|${terms.key}|${+isTransposed}${+isGuarded}|${epilogueKey(store)}`,
    reads: { source, kernel, bias: store.hasBias ? bias : null },
    writes: { out },
    elements: {
      source: isVectorLeft ? "vec4<f32>" : "f32",
      kernel: isVectorRight ? "vec4<f32>" : "f32",
      ...epilogueElements(store),
    },
    uniforms: {
      i32: {
        ...grid.i32,
        ...patchUniforms(source, correlation),
        ...resultUniforms(correlation),
        terms: taps[0] * taps[1] * channels,
      },
    },
    workgroups: grid.workgroups,
    source: ({ source, kernel, bias, out }) => {
      const library = epilogue(store, { out, bias }) + patchFunctions + resultFunctions;
      const groupStart = `at * ${isTransposed ? "uniforms.channels" : "uniforms.n"}`;
      const firstBias = "at * uniforms.n";
      const start = (pixel: string) => `resultPlace(${pixel}) + at * uniforms.n`;
      if (tile.family === "workgroup") {
        return library + workgroupProgram(tile, {
          first: "0",
          end: "uniforms.terms",
          left: {
            isAlong: true,
            line: (row) => `patchOf(pixelAt(${row})) + inArray(at * uniforms.channels)`,
            inner: (index) => `tapAt(${index})`,
            read: (place) =>
              isGuarded
                ? `select(0.0, ${source}[(${place}).z], isInside(${place}))`
                : `${source}[(${place}).z]`,
          },
          right: {
            isAlong: isTransposed,
            line: (column) => isTransposed ? `${column} * uniforms.weightPitch` : column,
            inner: (index) =>
              `weightAt(${index}, ${isTransposed ? "1" : "uniforms.weightPitch"}) + ${groupStart}`,
            read: (place) => `${kernel}[${place}]`,
          },
          start: (row) => start(`pixelAt(${row})`),
          firstBias,
        });
      }
      const rows = range(tile.rows);
      const right = { array: kernel, isVector: isVectorRight };
      return library + registerProgram(
        tile,
        n,
        wgsl`
  var pixel = pixelAt(row);
  ${
          lines(
            rows.map((i) =>
              `let patch${i} = patchOf(pixel) + inArray(at * uniforms.channels); pixel = nextPixel(pixel);`
            ),
          )
        }
  ${declareSums(tile)}
  for (var tapRow = zero; tapRow < uniforms.tapRows; tapRow++) {
    for (var tapColumn = zero; tapColumn < uniforms.tapColumns; tapColumn++) {
      let tap = tapPlace(tapRow, tapColumn);
      let weight = weightPlace(tapRow, tapColumn) + ${groupStart};
      ${lines(rows.map((i) => `let start${i} = patch${i}.z + tap.z;`))}
      ${isGuarded ? lines(rows.map((i) => `let inside${i} = isInside(patch${i} + tap);`)) : ""}
      ${
          addProducts(tile, {
            first: "0",
            end: "uniforms.channels",
            terms,
            left: rowsAlong(tile, {
              array: source,
              isVector: isVectorLeft,
              start: (i) => `start${i}`,
              guard: (i, value) => isGuarded ? `select(vec4f(), ${value}, inside${i})` : value,
            }),
            right: isTransposed
              ? columnsAlong({
                ...right,
                start: (j) => `weight + (column + ${j}) * uniforms.weightPitch`,
              })
              : columnsAcross({
                ...right,
                start: (inner, j) => `weight + ${inner} * uniforms.weightPitch + column + ${j}`,
              }),
          })
        }
    }
  }
  pixel = pixelAt(row);
  ${
          storeSums(tile, {
            start: () => start("pixel"),
            firstBias,
            next: "pixel = nextPixel(pixel);",
          })
        }`,
      );
    },
  };
}
