import { type Attributes, coordinate, element } from "./_element.ts";

/** The outlines of the markers around (0, 0), all of about the same area. */
const OUTLINES: readonly (readonly (readonly [x: number, y: number])[])[] = [
  [],
  [[-2.9, -2.9], [2.9, -2.9], [2.9, 2.9], [-2.9, 2.9]],
  [[0, -4.2], [4, 2.8], [-4, 2.8]],
  [[0, -4.3], [4.3, 0], [0, 4.3], [-4.3, 0]],
  [[0, 4.2], [4, -2.8], [-4, -2.8]],
];

/** The marker of series number `series` at a point: circle, square, triangle, diamond, triangle. */
export function markerElement(
  series: number,
  { x, y, ...attributes }: Attributes & { x: number; y: number },
): string {
  const outline = OUTLINES[series % OUTLINES.length];
  if (outline.length === 0) return element("circle", { cx: x, cy: y, r: 3.2, ...attributes });
  const points = outline.map(([dx, dy]) => `${coordinate(x + dx)},${coordinate(y + dy)}`).join(" ");
  return element("polygon", { points, ...attributes });
}
