/**
 * Lines over an axis: losses, accuracies, learning rates.
 *
 * @example
 * ```ts
 * import { lineChart } from "@gradus/plot/line-chart";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const svg = lineChart({
 *   title: "Training on Iris",
 *   x: { label: "epoch" },
 *   y: { label: "cross-entropy (nats)", scale: "log" },
 *   series: [
 *     { name: "training", y: [1.1, 0.5, 0.21, 0.12] },
 *     { name: "validation", y: [1.1, 0.6, 0.3, 0.31] },
 *   ],
 *   marks: [{ x: 3, label: "best epoch" }],
 * });
 * assertStringIncludes(svg, "best epoch</text>");
 * ```
 *
 * @module
 */

import { axes, AXIS_HEIGHT, axisWidth, TICK_SIZE } from "./_axes.ts";
import { svgDocument } from "./_document.ts";
import { type Frame, toX } from "./_frame.ts";
import { noteBlock, PADDING, titleBlock } from "./_heading.ts";
import { labelElement, labelWidth } from "./_label.ts";
import { legendBlock } from "./_legend.ts";
import { bandElements, lineElement } from "./_line.ts";
import { MARK_ROW_HEIGHT, markElements, placeMarks } from "./_marks.ts";
import { type Paint, paintFor } from "./_paint.ts";
import { type Extent, linearScale, logarithmicScale, type Scale } from "./_scale.ts";
import { countGaps, readSeries, type Series } from "./_series.ts";
import type { Theme } from "./theme.ts";

/** What {@linkcode lineChart} draws, and how. */
export interface LineChartOptions {
  /** Above the chart; up to three lines. */
  title: string;
  /** The horizontal axis. */
  x: LineChartAxis;
  /** The vertical axis. */
  y: LineChartAxis;
  /** The lines, each told apart from the others by colour, dashes and marker. */
  series: readonly LineSeries[];
  /** Vertical lines with a label each; none by default. */
  marks?: readonly LineMark[];
  /** Small print below the chart; none by default. */
  note?: string;
  /** In pixels, from 240 to 10,000; 800 by default. */
  width?: number;
  /**
   * In pixels, from 180 to 10,000; 500 by default. The drawing is higher where title, legend and
   * notes would leave the lines less than 90.
   */
  height?: number;
  /** `"auto"` by default. */
  theme?: Theme;
}

/** An axis of a {@linkcode lineChart}. */
export interface LineChartAxis {
  /** What is measured, and in what unit: `"time (s)"`. */
  label: string;
  /** `"linear"` by default; `"log"` gives equal ratios equal lengths and needs positive values. */
  scale?: "linear" | "log";
}

/** A line of a {@linkcode lineChart}. */
export interface LineSeries {
  /** Stands in the legend. */
  name: string;
  /** Finite, as many as `y`; 1, 2, 3 … by default. */
  x?: ArrayLike<number>;
  /** A value that is not finite is a gap in the line, and is counted below the chart. */
  y: ArrayLike<number>;
  /** An area around the line, such as a deviation: `low[i]` ≤ `high[i]`, as many as `y`. */
  band?: { low: ArrayLike<number>; high: ArrayLike<number> };
  /** Whether the line has dashes; by default all do but the first, each in a way of its own. */
  dashed?: boolean;
  /**
   * Whether points have markers; by default they do where there are at most 30. On a line of more
   * than 40 points only about twelve have one.
   */
  marker?: boolean;
}

/** A vertical line of a {@linkcode lineChart}. */
export interface LineMark {
  /** Where on the horizontal axis. */
  x: number;
  /** Stands above the line. */
  label: string;
}

const SMALLEST_FRAME_HEIGHT = 90;
const RIGHT_MARGIN = 26;

/** Pixels for each number on an axis, at least. */
const X_TICK_ROOM = 64;
const Y_TICK_ROOM = 62;

/** Pixels between two numbers on the horizontal axis, at least. */
const X_TICK_GAP = 12;

/**
 * A line chart as the text of an SVG file: each value (xᵢ, yᵢ) of a series is a corner of its line.
 *
 * A line with very many points is drawn by the first, the lowest, the highest and the last of each
 * column of pixels, which looks the same. Nothing is smoothed. Without any finite value the axes are
 * drawn around the words "no data".
 *
 * @param options What to draw, with defaults and units at each property.
 * @returns A file of its own that also can be put into an HTML page as it is. The same options give
 * the same text.
 * @throws {TypeError} If `x`, `band.low` or `band.high` is not as long as `y`.
 * @throws {RangeError} If an x is not finite, a value on a logarithmic axis is not above 0, a band
 * has low above high, a magnitude exceeds 1e300, or width or height is out of range.
 *
 * @example Two losses
 * ```ts
 * import { lineChart } from "@gradus/plot";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const svg = lineChart({
 *   title: "Loss",
 *   x: { label: "epoch" },
 *   y: { label: "loss (nats)" },
 *   series: [
 *     { name: "training", y: [2.3, 1.1, 0.7] },
 *     { name: "validation", y: [2.3, 1.2, NaN] },
 *   ],
 * });
 * assertStringIncludes(svg, "validation: 1 of 3 values is not finite and left out");
 * ```
 */
export function lineChart(options: LineChartOptions): string {
  const { title, width = 800, height = 500, theme = "auto" } = options;
  checkSize("width", width, 240);
  checkSize("height", height, 180);
  const series = readSeries(options);
  const paint = paintFor(theme);
  const heading = titleBlock(title, { width, paint });
  const legend = legendBlock(series, { top: PADDING + heading.height + 4, width, paint });
  const notes = noteLines(options, series);
  const top = PADDING + heading.height + legend.height + 18;
  const bottomHeight = AXIS_HEIGHT + noteBlock(notes, { top: 0, width, paint }).height + PADDING;
  const { frame, marks } = layOut(options, { series, top, bottom: height - bottomHeight });
  return svgDocument([
    ...heading.elements,
    ...legend.elements,
    ...axes(frame, { x: options.x.label, y: options.y.label, left: PADDING, paint }),
    ...series.flatMap((one, index) => bandElements(one, { index, frame, paint })),
    ...markElements(marks, frame, paint),
    ...series.map((one, index) => lineElement(one, { index, frame, paint })),
    ...(isEmpty(series) ? [emptyElement(frame, paint)] : []),
    ...noteBlock(notes, { top: frame.bottom + AXIS_HEIGHT + 8, width, paint }).elements,
  ], {
    title,
    description: describe(options, series),
    width,
    height: frame.bottom + bottomHeight,
    theme,
    paint,
  });
}

function checkSize(name: string, value: number, smallest: number): void {
  if (value >= smallest && value <= 10_000) return;
  throw new RangeError(
    `Cannot draw a chart as its ${name} must be from ${smallest} to 10000: found ${value}`,
  );
}

/** The frame and the marks between `top` and `bottom`, which is moved down where that is too near. */
function layOut(
  { x, y, width = 800, marks = [] }: LineChartOptions,
  { series, top, bottom }: { series: readonly Series[]; top: number; bottom: number },
): { frame: Frame; marks: ReturnType<typeof placeMarks> } {
  const heightLeft = bottom - top - marks.length * MARK_ROW_HEIGHT;
  const yScale = scaleOf(y, valuesOnY(series), {
    count: clamp(Math.floor(heightLeft / Y_TICK_ROOM), 3, 9),
    nice: true,
  });
  const left = PADDING + axisWidth(yScale.ticks);
  const right = width - RIGHT_MARGIN;
  const xValues = [...series.flatMap((one) => one.x), ...marks.map((mark) => mark.x)];
  const xScale = fittingScale(x, xValues, { left, right });
  const placed = placeMarks(marks, { left, right, x: xScale });
  const rows = placed.reduce((most, { row }) => Math.max(most, row + 1), 0);
  const frameTop = Math.round(top + rows * MARK_ROW_HEIGHT);
  const frameBottom = Math.round(Math.max(bottom, frameTop + SMALLEST_FRAME_HEIGHT));
  const frame = { left, right, top: frameTop, bottom: frameBottom, x: xScale, y: yScale };
  return { frame, marks: placed };
}

/** The horizontal scale with the most ticks whose labels do not touch. */
function fittingScale(
  axis: LineChartAxis,
  values: readonly number[],
  ends: { left: number; right: number },
): Scale {
  const whole = values.every(Number.isInteger);
  const most = clamp(Math.floor((ends.right - ends.left) / X_TICK_ROOM), 2, 12);
  for (let count = most; count > 1; count--) {
    const x = scaleOf(axis, values, { count, nice: false, whole });
    const spans = x.ticks.map(({ value, label }) => {
      const centre = toX({ ...ends, x }, value);
      const half = (labelWidth(label, TICK_SIZE) + X_TICK_GAP) / 2;
      return [centre - half, centre + half] as const;
    });
    if (spans.every(([from], index) => index === 0 || from >= spans[index - 1][1])) return x;
  }
  return scaleOf(axis, values, { count: 1, nice: false, whole });
}

function scaleOf(
  { scale = "linear" }: LineChartAxis,
  values: readonly number[],
  options: Parameters<typeof linearScale>[1],
): Scale {
  const finite = values.filter(Number.isFinite);
  const nothing = scale === "log" ? { min: 1, max: 10 } : { min: 0, max: 1 };
  const extent = finite.length > 0 ? extentOf(finite) : nothing;
  return scale === "log" ? logarithmicScale(extent, options) : linearScale(extent, options);
}

function extentOf(values: readonly number[]): Extent {
  return values.reduce(
    ({ min, max }, value) => ({ min: Math.min(min, value), max: Math.max(max, value) }),
    { min: Infinity, max: -Infinity },
  );
}

function valuesOnY(series: readonly Series[]): number[] {
  return series.flatMap(({ y, band }) => [...y, ...(band?.low ?? []), ...(band?.high ?? [])]);
}

function isEmpty(series: readonly Series[]): boolean {
  return !series.some(({ y }) => y.some(Number.isFinite));
}

function emptyElement({ left, right, top, bottom }: Frame, paint: Paint): string {
  return labelElement({ text: "no data" }, {
    x: (left + right) / 2,
    y: (top + bottom) / 2 + 5,
    size: 15,
    "text-anchor": "middle",
    ...paint({ fill: "muted" }),
  });
}

/** The user's note, and one for each series with gaps. */
function noteLines({ note }: LineChartOptions, series: readonly Series[]): string[] {
  const gaps = series.flatMap(({ name, y, band }) => [
    gapNote(name, y),
    gapNote(`band of ${name}`, band?.low ?? []),
  ]);
  return [...(note === undefined ? [] : [note]), ...gaps.filter((line) => line !== undefined)];
}

function gapNote(name: string, values: readonly number[]): string | undefined {
  const gaps = countGaps(values);
  if (gaps === 0) return undefined;
  const verb = gaps === 1 ? "is" : "are";
  return `${name}: ${gaps} of ${values.length} values ${verb} not finite and left out`;
}

function describe({ x, y, marks = [] }: LineChartOptions, series: readonly Series[]): string {
  const kind = (axis: LineChartAxis) => axis.scale === "log" ? ", logarithmic" : "";
  const lines = series.map(({ name, y: values }) => {
    const finite = values.filter(Number.isFinite);
    if (finite.length === 0) return `${name}: no finite values.`;
    const { min, max } = extentOf(finite);
    const last = rounded(finite.at(-1)!);
    return `${name}: ${values.length} values from ${rounded(min)} to ${
      rounded(max)
    }, last ${last}.`;
  });
  return [
    `Line chart of ${y.label}${kind(y)} over ${x.label}${kind(x)}.`,
    ...lines,
    ...marks.map((mark) => `${mark.label} at ${rounded(mark.x)}.`),
  ].join(" ");
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
