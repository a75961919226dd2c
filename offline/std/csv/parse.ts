import { CsvError, parse as parseRows } from "csv-parse/sync";

/** Options of {@linkcode parse}: those of std but `lazyQuotes`. */
export interface ParseOptions {
  /** The text between two fields, `","` by default. */
  separator?: string;
  /** A line that starts with this character is left out; by default none is. */
  comment?: string;
  /**
   * Whether to drop white space at the start of fields, `false` by default. Unlike in std, a line of
   * nothing else is then an empty line.
   */
  trimLeadingSpace?: boolean;
  /** Fields of each row: 0 means as many as in the first; by default, or if negative, any number. */
  fieldsPerRecord?: number;
  /** Whether the first row is a header: it is left out, and names the columns unless `columns` does. */
  skipFirstRow?: boolean;
  /** Names of the columns: rows come back as records of these. */
  columns?: readonly string[];
}

/** Records where the options name columns, arrays of fields otherwise. */
export type ParseResult<T> = T extends { columns: readonly (infer C extends string)[] }
  ? Record<C, string>[]
  : T extends { skipFirstRow: true } ? Record<string, string>[]
  : T extends { columns?: undefined; skipFirstRow?: false } ? string[][]
  : Record<string, string>[] | string[][];

/**
 * Parses the text of a CSV file (RFC 4180) to rows of strings. Rows end in `\n` or `\r\n`, and the
 * latter becomes `\n` in quoted fields too; empty lines and a byte order mark at the start are left
 * out. Lines count from 1, those in quoted fields too (std's count rows).
 *
 * @returns An array of fields for each row, or a record if the options give or find column names.
 * @throws {SyntaxError} `Syntax error on line 3: expected 4 fields but got 2`, where
 * `fieldsPerRecord` says so; and at a quote in an unquoted field, after a
 * quoted one, or that never closes.
 * @throws {TypeError} If `skipFirstRow` finds no row.
 * @throws {Error} If a row has not as many fields as there are column names.
 */
export function parse(text: string): string[][];
export function parse<const T extends ParseOptions>(text: string, options: T): ParseResult<T>;
export function parse(
  text: string,
  options: ParseOptions = {},
): string[][] | Record<string, string>[] {
  const rows = readRows(text, options);
  checkLengths(rows, options.fieldsPerRecord ?? -1);
  const fields = rows.map((row) => row.record);
  if (!options.skipFirstRow && !options.columns) return fields;

  const header = options.skipFirstRow ? fields.shift() : [];
  if (header === undefined) throw new TypeError("Cannot parse input: headers must be defined");
  const names = options.columns ?? header;
  const firstLine = options.skipFirstRow ? 2 : 1;
  return fields.map((row, i) => toRecord(row, names, firstLine + i));
}

type Row = { record: string[]; info: { lines: number } };

function readRows(text: string, options: ParseOptions): Row[] {
  try {
    return parseRows(text.replaceAll(/\r\n|\r$/g, "\n"), {
      bom: true,
      comment: options.comment ?? null,
      comment_no_infix: true,
      delimiter: options.separator ?? ",",
      info: true,
      ltrim: options.trimLeadingSpace ?? false,
      record_delimiter: "\n",
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as Row[];
  } catch (error) {
    if (error instanceof CsvError) {
      throw new SyntaxError(`Syntax error on line ${error.lines}: ${error.message}`);
    }
    throw error;
  }
}

function checkLengths(rows: Row[], fieldsPerRecord: number): void {
  if (rows.length === 0 || fieldsPerRecord < 0) return;
  const expected = fieldsPerRecord || rows[0].record.length;
  for (const { record: { length }, info } of rows) {
    if (length === expected) continue;
    throw new SyntaxError(
      `Syntax error on line ${info.lines}: expected ${expected} fields but got ${length}`,
    );
  }
}

function toRecord(
  row: string[],
  names: readonly string[],
  line: number,
): Record<string, string> {
  if (row.length !== names.length) {
    throw new Error(
      `Syntax error on line ${line}: The record has ${row.length} fields, ` +
        `but the header has ${names.length} fields`,
    );
  }
  return Object.fromEntries(names.map((name, i) => [name, row[i]]));
}
