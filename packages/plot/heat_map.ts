/**
 * A table of numbers in colours: the test error over learning rate and hidden size.
 *
 * @example
 * ```ts
 * import { heatMap } from "@gradus/plot/heat-map";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const svg = heatMap({
 *   title: "Test error",
 *   x: { label: "hidden units", values: [16, 64, 256] },
 *   y: { label: "learning rate", values: [0.1, 0.01] },
 *   cells: [[4.1, 3.2, 2.9], [6.5, 5.1, 4.8]],
 *   unit: "test error (%)",
 *   marked: { row: 0, column: 2, label: "best: 0.1 with 256 units" },
 * });
 * assertStringIncludes(svg, ">2.90</text>");
 * ```
 *
 * @module
 */

import { readColour } from "./_colour.ts";
import { groupDigits, numberLabel } from "./_label.ts";
import { matrixChart } from "./_matrix_chart.ts";
import type { MatrixAxis } from "./_matrix_layout.ts";
import type { Theme } from "./theme.ts";

/** What {@linkcode heatMap} draws, and how. */
export interface HeatMapOptions {
  /** Above the table; up to three lines. */
  title: string;
  /** The columns, from left to right. */
  x: HeatMapAxis;
  /** The rows, from top to bottom. */
  y: HeatMapAxis;
  /**
   * `cells[row][column]`, as many rows as `y.values` and columns as `x.values`. One that is not
   * finite has no colour.
   */
  cells: readonly ArrayLike<number>[];
  /** The text in a cell; three significant digits by default. */
  format?: (value: number) => string;
  /** What the cells measure, and in what unit: `"test error (%)"`. Stands beside the colours. */
  unit?: string;
  /** A cell with a frame, which is explained below the table; none by default. */
  marked?: HeatMapMark;
  /** The colour of the smallest value, as `#rrggbb`; a pale green by default. */
  low?: string;
  /** The colour of the largest value, as `#rrggbb`; a dark blue by default. */
  high?: string;
  /** Small print below the table; none by default. */
  note?: string;
  /** `"auto"` by default. */
  theme?: Theme;
}

/** The rows or the columns of a {@linkcode heatMap}. */
export interface HeatMapAxis {
  /** What differs from one to the next, and in what unit. */
  label: string;
  /** One for each row or column. */
  values: readonly (number | string)[];
}

/** The framed cell of a {@linkcode heatMap}. */
export interface HeatMapMark {
  /** From 0, the topmost. */
  row: number;
  /** From 0, the leftmost. */
  column: number;
  /** What the frame means. */
  label: string;
}

const PALE_GREEN = "#e9f6ec";
const DARK_BLUE = "#0b3c6f";

/**
 * A heat map as the text of an SVG file: a cell of value v has the colour at
 * (v − min) / (max − min) on the way from `low` to `high`, with the number in it.
 *
 * Equal steps of value look equally large. The size follows from the number of cells.
 *
 * @param options What to draw, with defaults at each property.
 * @returns A file of its own that also can be put into an HTML page as it is. The same options give
 * the same text.
 * @throws {TypeError} If `cells` does not have a row for each of `y.values`, with a number for each
 * of `x.values`, or there are none.
 * @throws {RangeError} If `marked` is outside the table, a magnitude exceeds 1e300 or a colour does
 * not read `#rrggbb`.
 *
 * @example A run that diverged
 * ```ts
 * import { heatMap } from "@gradus/plot";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const svg = heatMap({
 *   title: "Test error",
 *   x: { label: "hidden units", values: [16, 64] },
 *   y: { label: "learning rate", values: [10] },
 *   cells: [[NaN, 4.5]],
 *   format: (error) => `${error} %`,
 * });
 * assertStringIncludes(svg, "1 of 2 cells is not finite and has no colour");
 * ```
 */
export function heatMap(options: HeatMapOptions): string {
  const { title, x, y, format = threeDigits, unit = "", marked, note, theme = "auto" } = options;
  const cells = options.cells.map((row) => Array.from(row));
  checkShape(options, cells);
  checkMagnitudes(cells);
  checkMark(options);
  const finite = cells.flat().filter(Number.isFinite);
  const extent = finite.length === 0 ? { min: 0, max: 1 } : {
    min: finite.reduce((a, b) => Math.min(a, b)),
    max: finite.reduce((a, b) => Math.max(a, b)),
  };
  return matrixChart({
    title,
    description: describe(options, cells),
    rows: axisOf(y),
    columns: axisOf(x),
    cells: cells.map((row) =>
      row.map((value) => ({
        lines: [Number.isFinite(value) ? format(value) : String(value)],
        value,
      }))
    ),
    colours: {
      extent,
      label: unit,
      low: readColour("low", options.low ?? PALE_GREEN),
      high: readColour("high", options.high ?? DARK_BLUE),
    },
    marked,
    notes: [...(note === undefined ? [] : [note]), ...gapNote(cells.flat())],
    theme,
  });
}

function checkShape({ x, y }: HeatMapOptions, cells: readonly number[][]): void {
  const [rows, columns] = [y.values.length, x.values.length];
  const fits = cells.length === rows && cells.every((row) => row.length === columns);
  if (rows > 0 && columns > 0 && fits) return;
  const lengths = [...new Set(cells.map((row) => row.length))].join(" or ");
  const expected = rows > 0 && columns > 0 ? `be ${rows} by ${columns}` : "have a cell at least";
  const found = cells.length === 0 ? "no rows" : `${cells.length} by ${lengths}`;
  throw new TypeError(`Cannot draw a heat map as its cells must ${expected}: found ${found}`);
}

function checkMagnitudes(cells: readonly number[][]): void {
  for (const [row, values] of cells.entries()) {
    const column = values.findIndex((value) => Number.isFinite(value) && Math.abs(value) > 1e300);
    if (column < 0) continue;
    const found = `found ${values[column]} at row ${row}, column ${column}`;
    throw new RangeError(`Cannot draw a heat map as its cells must be within ±1e300: ${found}`);
  }
}

function checkMark({ marked, x, y }: HeatMapOptions): void {
  if (marked === undefined) return;
  const { row, column } = marked;
  if (row in y.values && column in x.values) return;
  const size = `${y.values.length} by ${x.values.length}`;
  throw new RangeError(
    `Cannot mark a cell as it must be one of ${size}: found row ${row}, column ${column}`,
  );
}

function axisOf({ label, values }: HeatMapAxis): MatrixAxis {
  const names = values.map((value) =>
    typeof value === "number" ? numberLabel(value) : { text: value }
  );
  return { label, names };
}

/** 12345 stays whole, 3.14159 becomes 3.14, and 0 is 0. */
function threeDigits(value: number): string {
  const magnitude = Math.abs(value);
  if (value === 0) return "0";
  if (magnitude >= 1000 && magnitude < 1e6) return groupDigits(value.toFixed(0));
  return groupDigits(value.toPrecision(3).replace("e+", "e"));
}

function gapNote(values: readonly number[]): string[] {
  const gaps = values.filter((value) => !Number.isFinite(value)).length;
  if (gaps === 0) return [];
  const verb = gaps === 1 ? "is not finite and has" : "are not finite and have";
  return [`${gaps} of ${values.length} cells ${verb} no colour`];
}

function describe(
  { x, y, unit, marked, format = threeDigits }: HeatMapOptions,
  cells: readonly number[][],
): string {
  const what = unit === undefined || unit === "" ? "values" : unit;
  const finite = cells.flat().filter(Number.isFinite);
  const extent = finite.length === 0 ? ["No finite values."] : [
    `From ${format(finite.reduce((a, b) => Math.min(a, b)))}`,
    `to ${format(finite.reduce((a, b) => Math.max(a, b)))}.`,
  ];
  const mark = marked === undefined ? [] : [
    `${marked.label}: ${y.label} ${y.values[marked.row]}, ${x.label} ${x.values[marked.column]}.`,
  ];
  return [`Heat map of ${what} over ${y.label} and ${x.label}.`, ...extent, ...mark].join(" ");
}
