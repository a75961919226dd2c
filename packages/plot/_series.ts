import type { LineChartOptions, LineSeries } from "./line_chart.ts";

/**
 * A checked series: `x`, `y` and the band are of one length, `x` is finite, and where one side of
 * the band is not, neither is the other.
 */
export interface Series {
  name: string;
  x: readonly number[];
  y: readonly number[];
  band?: { low: readonly number[]; high: readonly number[] };
  dashed?: boolean;
  marker: boolean;
}

/** Up to this many points, each has a marker. */
const MARKED_POINTS = 30;

/** Beyond it, the length of an axis could not be computed. */
const LARGEST = 1e300;
/** Below it, a logarithmic axis could not be drawn. */
const SMALLEST = 1e-300;

/** Checks all series and marks of a chart, and fills in what was left out. */
export function readSeries({ series, x: xAxis, y: yAxis, marks = [] }: LineChartOptions): Series[] {
  for (const { x, label } of marks) checkMark(`mark "${label}"`, x, xAxis.scale);
  return series.map((one) => {
    const read = withDefaults(one);
    const what = `series "${one.name}"`;
    checkLengths(read, what);
    checkFinite(read.x, what);
    checkValues(read.x, { what, quantity: "x", scale: xAxis.scale });
    checkValues(read.y, { what, quantity: "y", scale: yAxis.scale });
    if (read.band === undefined) return read;
    checkValues(read.band.low, { what, quantity: "band.low", scale: yAxis.scale });
    checkValues(read.band.high, { what, quantity: "band.high", scale: yAxis.scale });
    checkOrder(read.band, what);
    return { ...read, band: withCommonGaps(read.band) };
  });
}

/** How many values leave a gap. */
export function countGaps(values: readonly number[]): number {
  return values.filter((value) => !Number.isFinite(value)).length;
}

function withDefaults({ name, x, y, band, dashed, marker }: LineSeries): Series {
  const values = Array.from(y);
  return {
    name,
    x: x === undefined ? values.map((_, index) => index + 1) : Array.from(x),
    y: values,
    band: band && { low: Array.from(band.low), high: Array.from(band.high) },
    dashed,
    marker: marker ?? values.length <= MARKED_POINTS,
  };
}

function withCommonGaps({ low, high }: NonNullable<Series["band"]>): Series["band"] {
  const isWhole = low.map((value, index) => Number.isFinite(value) && Number.isFinite(high[index]));
  const cut = (side: readonly number[]) => side.map((value, at) => isWhole[at] ? value : NaN);
  return { low: cut(low), high: cut(high) };
}

function checkLengths({ x, y, band }: Series, what: string): void {
  if (x.length !== y.length) {
    const found = `found ${x.length} and ${y.length} values`;
    throw new TypeError(`Cannot draw ${what} as x must be as long as y: ${found}`);
  }
  if (band === undefined) return;
  for (const side of ["low", "high"] as const) {
    if (band[side].length === y.length) continue;
    const found = `found ${band[side].length} and ${y.length} values`;
    throw new TypeError(`Cannot draw ${what} as band.${side} must be as long as y: ${found}`);
  }
}

function checkFinite(x: readonly number[], what: string): void {
  const index = x.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return;
  const found = `found ${x[index]} at index ${index}`;
  throw new RangeError(`Cannot draw ${what} as x must be finite: ${found}`);
}

/** What is not finite becomes a gap; anything else must have a place on the axis. */
function checkValues(
  values: readonly number[],
  { what, quantity, scale }: { what: string; quantity: string; scale?: "linear" | "log" },
): void {
  for (const [index, value] of values.entries()) {
    if (!Number.isFinite(value)) continue;
    checkValue(value, { what, quantity, scale, found: `found ${value} at index ${index}` });
  }
}

function checkMark(what: string, x: number, scale?: "linear" | "log"): void {
  const found = `found ${x}`;
  if (!Number.isFinite(x)) {
    throw new RangeError(`Cannot draw ${what} as x must be finite: ${found}`);
  }
  checkValue(x, { what, quantity: "x", scale, found });
}

function checkValue(
  value: number,
  { what, quantity, scale, found }: {
    what: string;
    quantity: string;
    scale?: "linear" | "log";
    found: string;
  },
): void {
  if (Math.abs(value) > LARGEST) {
    const rule = `${quantity} must be within ±${LARGEST}`;
    throw new RangeError(`Cannot draw ${what} as ${rule}: ${found}`);
  }
  if (scale !== "log" || value >= SMALLEST) return;
  const rule = `${quantity} must be ${value > 0 ? `at least ${SMALLEST}` : "greater than 0"}`;
  throw new RangeError(`Cannot draw ${what} on a logarithmic axis as ${rule}: ${found}`);
}

function checkOrder({ low, high }: NonNullable<Series["band"]>, what: string): void {
  const index = low.findIndex((value, index) => value > high[index]);
  if (index < 0) return;
  const found = `found ${low[index]} and ${high[index]} at index ${index}`;
  throw new RangeError(`Cannot draw ${what} as band.low must be at most band.high: ${found}`);
}
