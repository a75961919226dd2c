/** A place in a drawing, in pixels. */
export type Point = readonly [x: number, y: number];

/**
 * The points of a line that a reader can see: of each column of pixels the first, the lowest, the
 * highest and the last. A line that goes from left to right looks the same and is at most four
 * points a column long; any other line is returned as it is.
 *
 * Source: U. Jugel, Z. Jerzak, G. Hackenbroich, V. Markl, "M4: A Visualization-Oriented Time Series
 * Data Aggregation", PVLDB 7(10), 2014, section 4.
 */
export function thinLine(points: readonly Point[]): readonly Point[] {
  if (points.some(([x], index) => index > 0 && x < points[index - 1][0])) return points;
  const kept: Point[] = [];
  let end = 0;
  for (let start = 0; start < points.length; start = end) {
    const column = Math.floor(points[start][0]);
    let low = start;
    let high = start;
    for (end = start; end < points.length && Math.floor(points[end][0]) === column; end++) {
      if (points[end][1] < points[low][1]) low = end;
      if (points[end][1] > points[high][1]) high = end;
    }
    const indices = new Set([start, low, high, end - 1].sort((a, b) => a - b));
    for (const index of indices) kept.push(points[index]);
  }
  return kept;
}
