/**
 * Rows of text under a header, columns aligned.
 *
 * @param header What stands above the columns.
 * @param rows As many cells as the header; columns of numbers are aligned to the right.
 * @param options Columns that are aligned to the left even if they begin with a digit. Default: none.
 * @returns Lines of text.
 * @throws {TypeError} If a row has more or fewer cells than the header.
 *
 * @example
 * ```ts
 * import { textTable } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   textTable(["model", "error"], [["a", "4.0 %"], ["longer", "10.5 %"]]),
 *   `model    error
 * ------  ------
 * a        4.0 %
 * longer  10.5 %`,
 * );
 * ```
 */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  options: { readonly text?: readonly number[] } = {},
): string {
  const { text = [] } = options;
  rows.forEach((row, place) => {
    if (row.length === header.length) return;
    throw new TypeError(
      `Cannot make a table as each row must have ${header.length} cells: found ${row.length} in row ${place}`,
    );
  });
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length))
  );
  const isNumeric = header.map((_, column) =>
    !text.includes(column) && rows.some((row) => /^[-+]?\.?\d/.test(row[column]!))
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) =>
      isNumeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)
    ).join("  ").trimEnd();
  return [line(header), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)]
    .join("\n");
}
