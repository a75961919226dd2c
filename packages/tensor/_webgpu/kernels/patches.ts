import type { Operand } from "../../backend.ts";
import { wgsl } from "../wgsl.ts";

type Pair = readonly [height: number, width: number];

/**
 * Images as a matrix: each row is the patch of a pixel of some result, its columns are the taps of a kernel with
 * their channels. Pixel `p` meets tap `t` in the images' pixel `p · pixelStep + start + t · tapStep`, along
 * both axes; outside the images are zeros.
 */
export interface Patches {
  /** Pixels of the result, in each image. */
  readonly pixels: Pair;
  readonly pixelStep: Pair;
  readonly start: Pair;
  readonly taps: Pair;
  readonly tapStep: Pair;
  /** Of the images, in each group: what a tap has of a pixel. */
  readonly channels: number;
}

/** The uniforms that {@linkcode patchFunctions} use. */
export function patchUniforms(
  { shape }: Operand,
  { pixels, pixelStep, start, taps, tapStep, channels }: Patches,
): Readonly<Record<string, number>> {
  const [, height, width, allChannels] = shape as [number, number, number, number];
  return {
    height,
    width,
    allChannels,
    channels,
    rows: pixels[0],
    columns: pixels[1],
    rowStep: pixelStep[0],
    columnStep: pixelStep[1],
    startRow: start[0],
    startColumn: start[1],
    tapRows: taps[0],
    tapColumns: taps[1],
    tapRowStep: tapStep[0],
    tapColumnStep: tapStep[1],
  };
}

/** Whether no patch reaches past the edges of the images. */
export function staysInside(
  { shape }: Operand,
  { pixels, pixelStep, start, taps, tapStep }: Patches,
): boolean {
  return [0, 1].every((axis) => {
    const reach = (taps[axis]! - 1) * tapStep[axis]!;
    const last = (pixels[axis]! - 1) * pixelStep[axis]! + start[axis]!;
    return start[axis]! + Math.min(reach, 0) >= 0 &&
      last + Math.max(reach, 0) < shape[1 + axis]!;
  });
}

/**
 * WGSL that finds numbers of patches. A place is a row and a column of an image, and the index of a number
 * in the array. That of a patch's number is the place of the patch plus that of the tap.
 */
export const patchFunctions = wgsl`
/* Column, row and image of a pixel of the result. */
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

/* Where the patch of a pixel begins. */
fn patchOf(pixel: vec3i) -> vec3i {
  let row = pixel.y * uniforms.rowStep + uniforms.startRow;
  let column = pixel.x * uniforms.columnStep + uniforms.startColumn;
  let line = pixel.z * uniforms.height + row;
  return vec3i(row, column, (line * uniforms.width + column) * uniforms.allChannels);
}

/* From where a patch begins to one of its taps. */
fn tapPlace(tapRow: i32, tapColumn: i32) -> vec3i {
  let row = tapRow * uniforms.tapRowStep;
  let column = tapColumn * uniforms.tapColumnStep;
  return vec3i(row, column, (row * uniforms.width + column) * uniforms.allChannels);
}

/* From where a patch begins to a number of it. */
fn tapAt(index: i32) -> vec3i {
  let tap = index / uniforms.channels;
  return tapPlace(tap / uniforms.tapColumns, tap % uniforms.tapColumns) + inArray(index % uniforms.channels);
}

fn inArray(index: i32) -> vec3i {
  return vec3i(0, 0, index);
}

/* Without branches, as it is written out many times. */
fn isInside(place: vec3i) -> bool {
  return (u32(place.x) < u32(uniforms.height)) & (u32(place.y) < u32(uniforms.width));
}
`;
