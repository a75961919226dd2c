import type { Operand } from "../../backend.ts";
import type { KernelRun } from "../kernel_run.ts";
import { wgsl } from "../wgsl.ts";
import { epilogue, epilogueElements, epilogueKey, type Store } from "./epilogue.ts";
import {
  addProducts,
  columnsAcross,
  columnsAlong,
  declareSums,
  lines,
  range,
  registerGrid,
  registerProgram,
  type RegisterTile,
  rowsAlong,
  storeSums,
} from "./register_tile.ts";

type Pair = readonly [height: number, width: number];

/**
 * A product whose rows are pixels of a result and whose inner axis are the taps of a kernel with their
 * channels. Pixel `p` meets tap `t` in the pixel `p · pixelStep + start + t · tapStep` of the source, along both
 * axes of the image; outside the source are zeros.
 */
export interface Correlation {
  readonly images: number;
  /** Pixels of the result, in each image. */
  readonly pixels: Pair;
  readonly pixelStep: Pair;
  readonly start: Pair;
  readonly taps: Pair;
  readonly tapStep: Pair;
  readonly groups: number;
  /** Of the source: the inner axis of a tap, in each group. */
  readonly channels: number;
  /** Of the result, in each group. */
  readonly n: number;
  /** Whether the weights of a tap are `[n, channels]`, not `[channels, n]`. */
  readonly isTransposed: boolean;
  /** Numbers from one line of a tap's weights to the next. */
  readonly weightLine: number;
  /** Where the weights of the first tap are, and numbers from one tap to the next. */
  readonly weightStart: number;
  readonly weightStep: Pair;
  /** Where the first pixel of the result goes, and numbers from one to the next. */
  readonly outStart: number;
  readonly outStep: Pair;
  readonly outImage: number;
}

/** A correlation, with tiles in registers. */
export function correlateRun(
  { source, weights, bias, out }: {
    readonly source: Operand;
    readonly weights: Operand;
    readonly bias: Operand | null;
    readonly out: Operand;
  },
  c: Correlation,
  { tile, store }: { readonly tile: RegisterTile; readonly store: Store },
): KernelRun<"source" | "weights" | "bias", "out"> {
  const [, height, width, allChannels] = source.shape as [number, number, number, number];
  const m = c.images * c.pixels[0] * c.pixels[1];
  const grid = registerGrid(tile, { m, n: c.n, batch: c.groups });
  const rest = c.channels % 4;
  const isVectorRight = (c.isTransposed ? c.channels : c.n) % 4 === 0;
  const isInside = staysInside(c, [height, width]);
  return {
    name: "correlate",
    key: `${grid.key}|${rest}|${+c.isTransposed}${+isInside}|${epilogueKey(store)}`,
    reads: { source, weights, bias: store.hasBias ? bias : null },
    writes: { out },
    elements: {
      source: rest === 0 ? "vec4<f32>" : "f32",
      weights: isVectorRight ? "vec4<f32>" : "f32",
      ...epilogueElements(store),
    },
    uniforms: {
      i32: {
        ...grid.i32,
        height,
        width,
        allChannels,
        channels: c.channels,
        rows: c.pixels[0],
        columns: c.pixels[1],
        rowStep: c.pixelStep[0],
        columnStep: c.pixelStep[1],
        startRow: c.start[0],
        startColumn: c.start[1],
        tapRows: c.taps[0],
        tapColumns: c.taps[1],
        tapRowStep: c.tapStep[0],
        tapColumnStep: c.tapStep[1],
        weightLine: c.weightLine,
        weightStart: c.weightStart,
        weightRow: c.weightStep[0],
        weightColumn: c.weightStep[1],
        outStart: c.outStart,
        outRow: c.outStep[0],
        outColumn: c.outStep[1],
        outImage: c.outImage,
      },
    },
    workgroups: grid.workgroups,
    source: ({ source, weights, bias, out }) => {
      const right = { array: weights, isVector: isVectorRight };
      const inside = (i: number) =>
        `u32(row${i} + tapRow) < u32(uniforms.height) && u32(column${i} + tapColumn) < u32(uniforms.width)`;
      return epilogue(store, { out, bias }) + PIXELS + registerProgram(
        tile,
        c.n,
        wgsl`
  var pixel = pixelAt(row);
  ${
          lines(
            range(tile.rows).map((i) =>
              wgsl`
  let row${i} = pixel.y * uniforms.rowStep + uniforms.startRow;
  let column${i} = pixel.x * uniforms.columnStep + uniforms.startColumn;
  let pixel${i} = ((pixel.z * uniforms.height + row${i}) * uniforms.width + column${i}) * uniforms.allChannels
    + at * uniforms.channels;
  pixel = nextPixel(pixel);`
            ),
          )
        }
  ${declareSums(tile)}
  for (var r = 0; r < uniforms.tapRows; r++) {
    for (var s = 0; s < uniforms.tapColumns; s++) {
      let tapRow = r * uniforms.tapRowStep;
      let tapColumn = s * uniforms.tapColumnStep;
      let tap = (tapRow * uniforms.width + tapColumn) * uniforms.allChannels;
      let weight = uniforms.weightStart + r * uniforms.weightRow + s * uniforms.weightColumn
        + at * ${c.isTransposed ? "uniforms.channels" : "uniforms.n"};
      ${isInside ? "" : lines(range(tile.rows).map((i) => `let inside${i} = ${inside(i)};`))}
      ${
          addProducts(tile, {
            first: "0",
            end: "uniforms.channels",
            rest,
            left: rowsAlong(tile, {
              array: source,
              isVector: rest === 0,
              start: (i) => `pixel${i} + tap`,
              guard: (i, value) => isInside ? value : `select(vec4f(), ${value}, inside${i})`,
            }),
            right: c.isTransposed
              ? columnsAlong({
                ...right,
                start: (j) => `weight + (column + ${j}) * uniforms.weightLine`,
              })
              : columnsAcross({
                ...right,
                start: (inner, j) => `weight + ${inner} * uniforms.weightLine + column + ${j}`,
              }),
          })
        }
    }
  }
  pixel = pixelAt(row);
  ${
          storeSums(tile, {
            start: () =>
              "uniforms.outStart + pixel.z * uniforms.outImage + pixel.y * uniforms.outRow + pixel.x * uniforms.outColumn + at * uniforms.n",
            firstBias: "at * uniforms.n",
            next: "pixel = nextPixel(pixel);",
          })
        }`,
      );
    },
  };
}

/** Whether no window reaches past the edges of the source. */
function staysInside(
  { pixels, pixelStep, start, taps, tapStep }: Correlation,
  size: Pair,
): boolean {
  return [0, 1].every((axis) => {
    const reach = (taps[axis]! - 1) * tapStep[axis]!;
    const last = (pixels[axis]! - 1) * pixelStep[axis]! + start[axis]!;
    return start[axis]! + Math.min(reach, 0) >= 0 && last + Math.max(reach, 0) < size[axis]!;
  });
}

/** Pixels as vectors of column, row and image. */
const PIXELS = wgsl`
fn pixelAt(place: i32) -> vec3i {
  let down = place / uniforms.columns;
  return vec3i(place % uniforms.columns, down % uniforms.rows, down / uniforms.rows);
}

fn nextPixel(pixel: vec3i) -> vec3i {
  let isLast = pixel.x + 1 == uniforms.columns;
  let isLastRow = isLast && pixel.y + 1 == uniforms.rows;
  return vec3i(
    select(pixel.x + 1, 0, isLast),
    select(pixel.y + select(0, 1, isLast), 0, isLastRow),
    pixel.z + select(0, 1, isLastRow),
  );
}
`;
