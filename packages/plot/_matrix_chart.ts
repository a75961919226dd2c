import { horizontalAxisName, verticalAxisName } from "./_axis_name.ts";
import { cellMark, cellMarkKey } from "./_cell_mark.ts";
import { readableOn, writeColour } from "./_colour.ts";
import { colourBar, colourBarWidth, colourOf, type Colours } from "./_colour_bar.ts";
import { svgDocument } from "./_document.ts";
import { type Attributes, element } from "./_element.ts";
import { noteBlock, PADDING, titleBlock } from "./_heading.ts";
import { type Label, labelElement } from "./_label.ts";
import {
  layOutMatrix,
  LONGEST_NAME,
  type MatrixAxis,
  type MatrixCell,
  type MatrixLayout,
  NAME_SIZE,
  VALUE_SIZE,
} from "./_matrix_layout.ts";
import { type Paint, paintFor } from "./_paint.ts";
import type { Theme } from "./theme.ts";
import { shortenText } from "./_wrap_text.ts";

/** A table in which each cell has a colour and one or two lines of text. */
export interface MatrixChart {
  title: string;
  /** What a reader who cannot see it should know. */
  description: string;
  rows: MatrixAxis;
  columns: MatrixAxis;
  /** `[row][column]`. */
  cells: readonly (readonly MatrixCell[])[];
  colours: Colours;
  marked?: { row: number; column: number; label: string };
  notes: readonly string[];
  theme: Theme;
}

const SMALLEST_WIDTH = 360;
const SECOND_LINE_SIZE = 10;
const BAR_GAP = 26;
const SHORTEST_BAR = 120;
const LONGEST_BAR = 340;

/** A table of coloured cells with names on two sides and a colour bar, as an SVG file. */
export function matrixChart(chart: MatrixChart): string {
  const { title, description, colours, marked, notes, theme } = chart;
  const paint = paintFor(theme);
  const { right } = layOutMatrix(chart, 0);
  const width = Math.max(
    SMALLEST_WIDTH,
    right + BAR_GAP + Math.ceil(colourBarWidth(colours)) + PADDING,
  );
  const heading = titleBlock(title, { width, paint });
  const layout = layOutMatrix(chart, PADDING + heading.height + 10);
  const { top, bottom, namesHeight } = layout;
  const barHeight = Math.max(SHORTEST_BAR, Math.min(LONGEST_BAR, bottom - top));
  const below = Math.max(bottom + namesHeight + 32, top + barHeight + 12);
  const key = marked && cellMarkKey(marked.label, { top: below, width, paint });
  const noteTop = below + (key?.height ?? 0) + 4;
  const small = noteBlock(notes, { top: noteTop, width, paint });
  return svgDocument([
    ...heading.elements,
    ...cellElements(chart, layout, paint),
    ...(marked ? cellMark(cellPlace(layout, marked)) : []),
    ...nameElements(chart, layout, paint),
    ...axisNames(chart, layout, paint),
    ...colourBar(colours, { left: right + BAR_GAP, top, height: barHeight, paint }),
    ...key?.elements ?? [],
    ...small.elements,
  ], { title, description, width, height: noteTop + small.height + PADDING - 4, theme, paint });
}

function cellPlace(
  { left, top, cellWidth, cellHeight }: MatrixLayout,
  { row, column }: { row: number; column: number },
): { x: number; y: number; width: number; height: number } {
  const x = left + column * cellWidth;
  const y = top + row * cellHeight;
  return { x, y, width: cellWidth, height: cellHeight };
}

function cellElements(
  { cells, colours }: MatrixChart,
  layout: MatrixLayout,
  paint: Paint,
): string[] {
  return cells.flatMap((row, rowIndex) =>
    row.map(({ lines, value }, column) => {
      const place = cellPlace(layout, { row: rowIndex, column });
      const { fill, ink } = cellPaint(value, { colours, paint });
      return element("g", {}, cellArea(place, fill), ...cellText(lines, { ...place, ink }));
    })
  );
}

function cellPaint(
  value: number,
  { colours, paint }: { colours: Colours; paint: Paint },
): { fill: Attributes; ink: Attributes } {
  if (!Number.isFinite(value)) {
    return { fill: paint({ fill: "grid" }), ink: paint({ fill: "ink" }) };
  }
  const colour = colourOf(value, colours);
  return { fill: { fill: writeColour(colour) }, ink: { fill: readableOn(colour) } };
}

/** Leaves a pixel of background between the cells. */
function cellArea(
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  fill: Attributes,
): string {
  return element("rect", { x: x + 0.5, y: y + 0.5, width: width - 1, height: height - 1, ...fill });
}

function cellText(
  lines: readonly string[],
  { x, y, width, height, ink }: {
    x: number;
    y: number;
    width: number;
    height: number;
    ink: Attributes;
  },
): string[] {
  const first = y + height / 2 - (lines.length - 1) * 7 + 4.2;
  return lines.map((text, line) =>
    labelElement({ text }, {
      x: x + width / 2,
      y: first + line * 14,
      size: line === 0 ? VALUE_SIZE : SECOND_LINE_SIZE,
      "text-anchor": "middle",
      ...ink,
    })
  );
}

function nameElements(
  { rows, columns }: MatrixChart,
  layout: MatrixLayout,
  paint: Paint,
): string[] {
  const { left, top, bottom, cellWidth, cellHeight, slanted } = layout;
  const colour = paint({ fill: "muted" });
  const columnNames = columns.names.map((name, index) => {
    const x = left + (index + 0.5) * cellWidth;
    const place = slanted
      ? { x: 0, y: 0, transform: `translate(${x + 4} ${bottom + 14}) rotate(-45)` }
      : { x, y: bottom + 17 };
    return labelElement(fitted(name), { ...place, size: NAME_SIZE });
  });
  const rowNames = rows.names.map((name, index) => {
    const y = top + (index + 0.5) * cellHeight + 4.2;
    return labelElement(fitted(name), { x: left - 8, y, size: NAME_SIZE });
  });
  return [
    element("g", { "text-anchor": slanted ? "end" : "middle", ...colour }, ...columnNames),
    element("g", { "text-anchor": "end", ...colour }, ...rowNames),
  ];
}

function fitted(name: Label): Label {
  return { ...name, text: shortenText(name.text, { width: LONGEST_NAME, size: NAME_SIZE }) };
}

function axisNames({ rows, columns }: MatrixChart, layout: MatrixLayout, paint: Paint): string[] {
  const { left, right, top, bottom, namesHeight } = layout;
  const x = (left + right) / 2;
  const below = bottom + namesHeight;
  return [
    // What is below the cells is empty on the left and on the right.
    horizontalAxisName(columns.label, { x, y: below + 18, room: right - left + 80, paint }),
    verticalAxisName(rows.label, { x: PADDING + 11, top, bottom, room: below + 26 - top, paint }),
  ];
}
