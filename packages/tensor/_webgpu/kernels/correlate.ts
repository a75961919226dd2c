import type { Operand } from "../../backend.ts";
import type { KernelRun } from "../kernel_run.ts";
import { wgsl } from "../wgsl.ts";
import { epilogue, epilogueElements, epilogueKey, type Store } from "./epilogue.ts";
import { type Patches, patchFunctions, patchUniforms, staysInside } from "./patches.ts";
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
} from "./register_tile.ts";
import { workgroupProgram } from "./workgroup_tile.ts";

/** A product of patches with the weights of a kernel, for each group of channels. */
export interface Correlation extends Patches {
  readonly images: number;
  readonly groups: number;
  /** Channels of the result, in each group. */
  readonly n: number;
  readonly weights: {
    /** Whether those of a tap are `[n, channels]`, not `[channels, n]`. */
    readonly isTransposed: boolean;
    /** Where those of the first tap are. */
    readonly start: number;
    /** Numbers from one line of a tap's to the next. */
    readonly pitch: number;
    /** Numbers from one tap to the next, along both axes. */
    readonly step: readonly [height: number, width: number];
  };
  /** Where pixels of the result go. */
  readonly result: {
    readonly start: number;
    readonly step: readonly [height: number, width: number];
    readonly imageSize: number;
  };
}

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
  const { images, pixels, taps, channels, groups, n, weights, result } = correlation;
  const m = images * pixels[0] * pixels[1];
  const grid = productGrid(tile, { m, n, batch: groups });
  const rest = channels % 4;
  const { isTransposed } = weights;
  const loadsVectors = tile.family === "registers";
  const isVectorLeft = loadsVectors && rest === 0;
  const isVectorRight = loadsVectors && (isTransposed ? channels : n) % 4 === 0;
  const isGuarded = !staysInside(source, correlation);
  return {
    name: "correlate",
    key: `${grid.key}|${rest}|${+isTransposed}${+isGuarded}|${epilogueKey(store)}`,
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
        terms: taps[0] * taps[1] * channels,
        weightStart: weights.start,
        weightPitch: weights.pitch,
        weightRow: weights.step[0],
        weightColumn: weights.step[1],
        resultStart: result.start,
        resultRow: result.step[0],
        resultColumn: result.step[1],
        imageSize: result.imageSize,
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
  for (var tapRow = 0; tapRow < uniforms.tapRows; tapRow++) {
    for (var tapColumn = 0; tapColumn < uniforms.tapColumns; tapColumn++) {
      let tap = tapPlace(tapRow, tapColumn);
      let weight = weightPlace(tapRow, tapColumn) + ${groupStart};
      ${lines(rows.map((i) => `let start${i} = patch${i}.z + tap.z;`))}
      ${isGuarded ? lines(rows.map((i) => `let inside${i} = isInside(patch${i} + tap);`)) : ""}
      ${
          addProducts(tile, {
            first: "0",
            end: "uniforms.channels",
            rest,
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

const resultFunctions = wgsl`
fn resultPlace(pixel: vec3i) -> i32 {
  return uniforms.resultStart + pixel.z * uniforms.imageSize + pixel.y * uniforms.resultRow
    + pixel.x * uniforms.resultColumn;
}

fn weightPlace(tapRow: i32, tapColumn: i32) -> i32 {
  return uniforms.weightStart + tapRow * uniforms.weightRow + tapColumn * uniforms.weightColumn;
}

fn weightAt(index: i32, pitch: i32) -> i32 {
  let tap = index / uniforms.channels;
  return weightPlace(tap / uniforms.tapColumns, tap % uniforms.tapColumns)
    + index % uniforms.channels * pitch;
}
`;
