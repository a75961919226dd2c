import type { Operand, PoolGeometry } from "../../backend.ts";
import { wgsl } from "../wgsl.ts";

/** Lengths and places of a pooling from `x [n, h, w, c]` to `y`, as uniforms. */
export interface PoolUniforms {
  readonly u32: Readonly<Record<string, number>>;
  readonly i32: Readonly<Record<string, number>>;
}

/** The uniforms that {@linkcode declareWindow} and {@linkcode declareCover} read. */
export function poolUniforms(
  x: Operand,
  y: Operand,
  { window, stride, padding }: PoolGeometry,
): PoolUniforms {
  const [, height, width, channels] = x.shape as [number, number, number, number];
  const [, rows, columns] = y.shape as [number, number, number];
  return {
    u32: { channels },
    i32: {
      height,
      width,
      rows,
      columns,
      windowHeight: window[0],
      windowWidth: window[1],
      strideHeight: stride[0],
      strideWidth: stride[1],
      top: padding[0],
      left: padding[1],
    },
  };
}

/** WGSL: the rows and columns of `x` that window (row, column) of `y` has inside of `x`. */
export const declareWindow: string = wgsl`
struct Window {
  firstRow: i32,
  endRow: i32,
  firstColumn: i32,
  endColumn: i32,
}

fn windowOf(row: i32, column: i32) -> Window {
  let top = row * uniforms.strideHeight - uniforms.top;
  let left = column * uniforms.strideWidth - uniforms.left;
  return Window(
    max(top, 0),
    min(top + uniforms.windowHeight, uniforms.height),
    max(left, 0),
    min(left + uniforms.windowWidth, uniforms.width),
  );
}

fn countOf(window: Window) -> i32 {
  return (window.endRow - window.firstRow) * (window.endColumn - window.firstColumn);
}
`;

/** WGSL: the windows of `y` that have number (row, column) of `x`. */
export const declareCover: string = wgsl`
struct Cover {
  firstRow: i32,
  endRow: i32,
  firstColumn: i32,
  endColumn: i32,
}

fn coverOf(row: i32, column: i32) -> Cover {
  let down = row + uniforms.top;
  let right = column + uniforms.left;
  return Cover(
    select(0, (down - uniforms.windowHeight) / uniforms.strideHeight + 1, down >= uniforms.windowHeight),
    min(down / uniforms.strideHeight + 1, uniforms.rows),
    select(0, (right - uniforms.windowWidth) / uniforms.strideWidth + 1, right >= uniforms.windowWidth),
    min(right / uniforms.strideWidth + 1, uniforms.columns),
  );
}
`;
