import { PADDING } from "./_heading.ts";
import { type Label, labelWidth } from "./_label.ts";
import { textWidth } from "./_text_width.ts";

/** The name of an axis and of each row or column. */
export interface MatrixAxis {
  label: string;
  names: readonly Label[];
}

/** One cell. */
export interface MatrixCell {
  lines: readonly string[];
  /** Its place on the colour bar; one that is not finite leaves the cell without colour. */
  value: number;
}

/** Where the cells of a matrix are, in pixels. */
export interface MatrixLayout {
  left: number;
  top: number;
  right: number;
  bottom: number;
  cellWidth: number;
  cellHeight: number;
  /** Whether the columns' names are on their side. */
  slanted: boolean;
  /** What the columns' names take below the cells. */
  namesHeight: number;
}

/** Sizes of letters. */
export const NAME_SIZE = 12;
export const VALUE_SIZE = 12;

/** Names that are wider are shortened. */
export const LONGEST_NAME = 150;

/** A cell grows to this width for the sake of its column's name, which beyond it is slanted. */
const WIDEST_FOR_NAME = 84;
const NARROWEST_CELL = 46;
const SLANT = Math.PI / 4;

/** Finds cells that are wide enough for what they hold, and margins for the names. */
export function layOutMatrix(
  { rows, columns, cells }: {
    rows: MatrixAxis;
    columns: MatrixAxis;
    cells: readonly (readonly MatrixCell[])[];
  },
  top: number,
): MatrixLayout {
  const lines = cells.flat().map((cell) => cell.lines);
  const widest = largest(lines.flat().map((line) => textWidth(line, VALUE_SIZE)));
  const columnName = longestName(columns);
  const cellWidth = Math.ceil(
    Math.max(NARROWEST_CELL, widest + 14, Math.min(columnName + 10, WIDEST_FOR_NAME)),
  );
  const cellHeight = 18 + 16 * largest(lines.map((cell) => cell.length));
  const slanted = columnName + 6 > cellWidth;
  const overhang = slanted ? columnName * Math.cos(SLANT) - cellWidth / 2 : 0;
  const left = Math.ceil(PADDING + 24 + Math.max(longestName(rows) + 8, overhang));
  return {
    left,
    top,
    right: left + cellWidth * columns.names.length,
    bottom: top + cellHeight * rows.names.length,
    cellWidth,
    cellHeight,
    slanted,
    namesHeight: slanted ? columnName * Math.sin(SLANT) + 18 : 20,
  };
}

function longestName({ names }: MatrixAxis): number {
  return Math.min(LONGEST_NAME, largest(names.map((name) => labelWidth(name, NAME_SIZE))));
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
