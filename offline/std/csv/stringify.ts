import { stringify as stringifyRows } from "csv-stringify/sync";

/** A column: the key or index of its value in a row, which also heads it, or that and a header. */
export type Column = string | number | { prop: string | number; header?: string };

/** Options of {@linkcode stringify}. */
export interface StringifyOptions {
  /** Whether to write a row of headers first, where there are `columns`; `true` by default. */
  headers?: boolean;
  /** The columns to write. Rows that are records need them; rows that are arrays do not. */
  columns?: readonly Column[];
  /** The text between two fields, `","` by default. */
  separator?: string;
  /** Whether to write a byte order mark first, `false` by default. */
  bom?: boolean;
}

/**
 * Writes rows as the text of a CSV file (RFC 4180); each row ends in `\r\n`. A field is quoted where
 * it holds the separator, a quote or a line feed. `undefined` and `null` are written as nothing,
 * objects as JSON, and everything else by `String`.
 *
 * @throws {TypeError} If a row is a record and there are no columns, or is an array and a column is
 * not a number.
 */
export function stringify(
  data: readonly Readonly<Record<string, unknown> | unknown[]>[],
  options: StringifyOptions = {},
): string {
  const { headers = true, columns = [], separator = ",", bom = false } = options;
  const rows = data.map((item) => valuesOf(item, columns).map(fieldOf));
  if (headers && columns.length > 0) rows.unshift(columns.map(headerOf));
  return stringifyRows(rows, {
    bom,
    delimiter: separator,
    record_delimiter: "\r\n",
    quoted_match: "\n",
  });
}

function headerOf(column: Column): string {
  return String(typeof column === "object" ? column.header ?? column.prop : column);
}

function valuesOf(
  item: Readonly<Record<string, unknown> | unknown[]>,
  columns: readonly Column[],
): readonly unknown[] {
  if (columns.length === 0) {
    if (Array.isArray(item)) return item;
    throw new TypeError("No property accessor function was provided for object");
  }
  return columns.map((column) => {
    const prop = typeof column === "object" ? column.prop : column;
    if (Array.isArray(item) && typeof prop !== "number") {
      throw new TypeError('Property accessor is not of type "number"');
    }
    return Reflect.get(item, prop);
  });
}

function fieldOf(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");
}
