import { type Attributes, coordinate, element } from "./_element.ts";
import { escapeXml } from "./_escape_xml.ts";
import { type Frame, toX, toY } from "./_frame.ts";
import { markerElement } from "./_marker.ts";
import { type Paint, type Role, SERIES_COLOURS } from "./_paint.ts";
import type { Series } from "./_series.ts";
import { type Point, thinLine } from "./_thin_line.ts";

/** Dashes and gaps in pixels, so that lines can be told apart without colours. */
const DASHES: readonly (string | undefined)[] = [undefined, "7 4", "2 3", "10 3 2 3", "14 4"];

/** A line with more points has about this many markers, where it has any. */
const SPARSE_MARKERS = 12;
const DENSE_MARKERS = 40;

/** The stroke of series number `index`. */
export function lineStyle(
  index: number,
  { dashed, paint }: { dashed?: boolean; paint: Paint },
): Attributes {
  const own = DASHES[index % DASHES.length];
  return {
    ...paint({ stroke: colourOf(index) }),
    fill: "none",
    "stroke-width": 2,
    "stroke-linejoin": "round",
    "stroke-dasharray": dashed === undefined ? own : dashed ? own ?? DASHES[1] : undefined,
  };
}

/** The colours of a marker of series number `index`. */
export function markerStyle(index: number, paint: Paint): Attributes {
  return { ...paint({ fill: colourOf(index), stroke: "surface" }), "stroke-width": 1 };
}

/** The colours of the band of series number `index`. */
export function bandStyle(index: number, paint: Paint): Attributes {
  return { ...paint({ fill: colourOf(index) }), "fill-opacity": 0.2 };
}

/** The band of a series, or nothing. */
export function bandElements(
  { x, band }: Series,
  { index, frame, paint }: { index: number; frame: Frame; paint: Paint },
): string[] {
  if (band === undefined) return [];
  const low = runs(x, band.low, frame);
  const high = runs(x, band.high, frame);
  return low.map((lowRun, run) => {
    const outline = lowRun.length === 1
      ? aroundPoint(lowRun[0], high[run][0])
      : [...thinLine(lowRun), ...[...thinLine(high[run])].reverse()];
    return element("path", { d: `${path(outline)}Z`, ...bandStyle(index, paint) });
  });
}

/** The line of a series with its markers; a value that is not finite leaves a gap. */
export function lineElement(
  { name, x, y, dashed, marker }: Series,
  { index, frame, paint }: { index: number; frame: Frame; paint: Paint },
): string {
  const lines = runs(x, y, frame);
  const points = lines.flat();
  const stride = points.length <= DENSE_MARKERS ? 1 : Math.ceil(points.length / SPARSE_MARKERS);
  const lonely = lines.filter((line) => line.length === 1).flat();
  const marked = marker ? points.filter((_, at) => at % stride === 0) : lonely;
  const drawn = lines.filter((line) => line.length > 1).map((line) => path(thinLine(line)));
  return element(
    "g",
    {},
    element("title", {}, escapeXml(name)),
    ...drawn.map((d) => element("path", { d, ...lineStyle(index, { dashed, paint }) })),
    ...marked.map(([x, y]) => markerElement(index, { x, y, ...markerStyle(index, paint) })),
  );
}

function colourOf(index: number): Role {
  return `series${index % SERIES_COLOURS.light.length}`;
}

/** The points of each stretch of finite values. */
function runs(x: readonly number[], y: readonly number[], frame: Frame): Point[][] {
  const stretches: Point[][] = [];
  let current: Point[] | undefined;
  for (const [index, value] of y.entries()) {
    if (!Number.isFinite(value)) {
      current = undefined;
      continue;
    }
    if (current === undefined) stretches.push(current = []);
    current.push([toX(frame, x[index]), toY(frame, value)]);
  }
  return stretches;
}

function aroundPoint([x, low]: Point, [, high]: Point): Point[] {
  return [[x - 4, low], [x + 4, low], [x + 4, high], [x - 4, high]];
}

function path(points: readonly Point[]): string {
  return points
    .map(([x, y], index) => `${index === 0 ? "M" : "L"}${coordinate(x)} ${coordinate(y)}`)
    .join("");
}
