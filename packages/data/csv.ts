import { parse } from "@std/csv/parse";
import type { NdArray } from "./nd_array.ts";

/** What a column of a CSV file holds: numbers, or the names of classes. */
export type CsvKind = "number" | "label";

/** A column of class names: the index of each row's class in `classes`, `[rows]`. */
export interface LabelColumn extends NdArray<Int32Array> {
  /** The names of the classes. */
  readonly classes: readonly string[];
}

/** The column that a kind is read into: `"number"` to `float64`, `"label"` to `int32` and names. */
export type CsvColumn<K extends CsvKind> = K extends "label" ? LabelColumn : NdArray<Float64Array>;

/** The columns of a CSV file by their names in its header. */
export interface CsvTable<C extends Readonly<Record<string, CsvKind>>> {
  /** The number of rows below the header. */
  readonly rows: number;
  /** The columns that were asked for, each of shape `[rows]`. */
  readonly columns: { readonly [Name in keyof C]: CsvColumn<C[Name]> };
}

/** The names of the classes of columns of labels. */
export type LabelClasses<C extends Readonly<Record<string, CsvKind>>> = {
  readonly [Name in keyof C as C[Name] extends "label" ? Name : never]?: readonly string[];
};

/** Options of {@linkcode readCsv}. */
export interface ReadCsvOptions<C extends Readonly<Record<string, CsvKind>>> {
  /** The columns to read, by their names in the header; others are left out. */
  readonly columns: C;
  /**
   * The classes of columns of labels, in the order of their indices.
   *
   * @default the names found, in the order of their first appearance
   */
  readonly classes?: LabelClasses<C>;
  /** The name of the file in messages, `"the CSV text"` by default. */
  readonly file?: string;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads columns of numbers and labels from the text of a CSV file (RFC 4180) with a header.
 *
 * A number is written in decimal (`5`, `-0.5`, `1e-3`), without blanks. Lines may end in `\n`,
 * `\r\n` or `\r`; a byte order mark and blank lines are skipped. Lines in messages count from 1,
 * the header and blank lines among them.
 *
 * @param text The text of the file.
 * @param options The columns to read, the classes of labels and the name of the file.
 * @returns The columns, each `[rows]`: `float64` numbers, or `int32` labels and their classes.
 * @throws {SyntaxError} If there is no header or no row; the header lacks a column or names one
 * twice; a row has more or fewer cells than the header; a quote is out of place; a cell is empty,
 * not a finite number, or not a class. It names the file and the line.
 * @throws {RangeError} If `classes` names a class twice.
 *
 * @example
 * ```ts
 * import { readCsv } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "width,colour\n0.5,red\n1.5,blue\n2.5,red\n";
 * const { columns } = readCsv(text, { columns: { width: "number", colour: "label" } });
 * assertEquals(columns.width.data, new Float64Array([0.5, 1.5, 2.5]));
 * assertEquals(columns.colour.data, new Int32Array([0, 1, 0]));
 * assertEquals(columns.colour.classes, ["red", "blue"]);
 * ```
 */
export function readCsv<const C extends Readonly<Record<string, CsvKind>>>(
  text: string,
  options: ReadCsvOptions<C>,
): CsvTable<C> {
  const file = options.file ?? "the CSV text";
  const plain = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  const place = (record: number) => `${file} line ${splitRecords(plain)[record]?.line}`;

  const [header, ...rows] = parseRecords(plain, place);
  if (header === undefined) {
    throw new SyntaxError(`Cannot read ${file} as it must begin with a header: found no line`);
  }
  const classes = new Map<string, readonly string[]>(Object.entries(options.classes ?? {}));
  const columns = Object.entries(options.columns).map(([name, kind]) => ({
    name,
    cell: findCell(header, name, place),
    read: kind === "label"
      ? new LabelReader(rows.length, name, classes.get(name))
      : new NumberReader(rows.length),
  }));
  if (rows.length === 0) {
    throw new SyntaxError(`Cannot read ${file} as rows must follow the header: found none`);
  }
  rows.forEach((cells, row) => {
    if (cells.length !== header.length) {
      throw new SyntaxError(
        `Cannot read ${place(row + 1)} as the header has ${header.length} cells: ` +
          `found ${cells.length}`,
      );
    }
    for (const { name, cell, read } of columns) {
      const fault = read.take(row, cells[cell]);
      if (fault === null) continue;
      throw new SyntaxError(
        `Cannot read "${name}" in ${place(row + 1)} as ${fault}: ` +
          `found ${excerpt(JSON.stringify(cells[cell]))}`,
      );
    }
  });
  return {
    rows: rows.length,
    columns: Object.fromEntries(
      columns.map(({ name, read }) => [name, read.column]),
    ) as CsvTable<C>["columns"],
  };
}

/** As much of a text as a message has room for. */
function excerpt(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function parseRecords(text: string, place: (record: number) => string): string[][] {
  try {
    return parse(text);
  } catch (cause) {
    const broken = splitRecords(text).findIndex((record) => !isParsed(record.text));
    throw new SyntaxError(
      `Cannot read ${place(broken)} as quotes must enclose whole cells: found one that does not`,
      { cause },
    );
  }
}

function isParsed(record: string): boolean {
  try {
    parse(record);
    return true;
  } catch {
    return false;
  }
}

/**
 * The records that `parse` returns, each with the line it begins on, which `parse` does not tell:
 * it drops blank lines, and a quoted cell may hold line breaks.
 */
function splitRecords(text: string): { line: number; text: string }[] {
  const lines = text.split("\n");
  const records: { line: number; text: string }[] = [];
  let first = 0;
  let isQuoted = false;
  for (let i = 0; i < lines.length; i++) {
    const quotes = lines[i].split('"').length - 1;
    if (quotes % 2 === 1) isQuoted = !isQuoted;
    if (isQuoted && i < lines.length - 1) continue;
    const record = lines.slice(first, i + 1).join("\n");
    if (record !== "") records.push({ line: first + 1, text: record });
    first = i + 1;
  }
  return records;
}

function findCell(
  header: readonly string[],
  name: string,
  place: (record: number) => string,
): number {
  const cell = header.indexOf(name);
  if (cell < 0) {
    throw new SyntaxError(
      `Cannot read ${place(0)} as the header must name "${name}": found ${
        excerpt(header.join(","))
      }`,
    );
  }
  if (cell !== header.lastIndexOf(name)) {
    throw new SyntaxError(
      `Cannot read ${place(0)} as the header must name "${name}" once: found ${
        excerpt(header.join(","))
      }`,
    );
  }
  return cell;
}

/** Takes the cells of a column one by one; `take` returns what a cell that it refuses must be. */
interface ColumnReader {
  readonly column: NdArray;
  take(row: number, cell: string): string | null;
}

class NumberReader implements ColumnReader {
  readonly column: NdArray<Float64Array>;

  constructor(rows: number) {
    this.column = { data: new Float64Array(rows), shape: [rows] };
  }

  take(row: number, cell: string): string | null {
    if (cell.trim() === "") return "a cell must not be empty";
    const value = DECIMAL.test(cell) ? Number(cell) : NaN;
    if (!Number.isFinite(value)) return "it must be a finite decimal number";
    this.column.data[row] = value;
    return null;
  }
}

class LabelReader implements ColumnReader {
  readonly column: LabelColumn;
  readonly #classes: string[];
  readonly #labels: Map<string, number>;
  readonly #isOpen: boolean;

  constructor(rows: number, name: string, classes: readonly string[] | undefined) {
    this.#classes = [...classes ?? []];
    this.#labels = new Map(this.#classes.map((name, label) => [name, label]));
    this.#isOpen = classes === undefined;
    this.column = { data: new Int32Array(rows), shape: [rows], classes: this.#classes };
    if (this.#labels.size < this.#classes.length) {
      throw new RangeError(
        `Cannot read "${name}" as its classes must differ: found ${this.#classes.join(", ")}`,
      );
    }
  }

  take(row: number, cell: string): string | null {
    if (cell.trim() === "") return "a cell must not be empty";
    if (cell !== cell.trim()) return "a label must not begin or end with a blank";
    const label = this.#labels.get(cell) ?? this.#append(cell);
    if (label === null) return `it must be one of ${this.#classes.join(", ")}`;
    this.column.data[row] = label;
    return null;
  }

  #append(name: string): number | null {
    if (!this.#isOpen) return null;
    this.#labels.set(name, this.#classes.length);
    return this.#classes.push(name) - 1;
  }
}
