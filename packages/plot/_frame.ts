import type { Scale } from "./_scale.ts";

/** The rectangle between the axes, in pixels, and the scales along them. */
export interface Frame {
  left: number;
  top: number;
  right: number;
  bottom: number;
  x: Scale;
  y: Scale;
}

/** Keeps the first and the last marker off the frame's edges, in pixels. */
export const INSET = 8;

/** Where a value of the horizontal axis is, in pixels. */
export function toX(
  { left, right, x }: Pick<Frame, "left" | "right" | "x">,
  value: number,
): number {
  return left + INSET + x.position(value) * (right - left - 2 * INSET);
}

/** Where a value of the vertical axis is, in pixels. */
export function toY(
  { top, bottom, y }: Pick<Frame, "top" | "bottom" | "y">,
  value: number,
): number {
  return bottom - y.position(value) * (bottom - top);
}
