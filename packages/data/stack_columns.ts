import { checkNdArray, shapeText } from "./_check_nd_array.ts";
import type { NdArray } from "./nd_array.ts";

/**
 * Puts columns side by side: `y[i, j] = columns[j][i]`, as `float32`.
 *
 * @param columns The columns, at least one, each `[rows]`.
 * @returns The matrix, `[rows, columns]`.
 * @throws {TypeError} If there is no column, or their shapes are not all `[rows]`.
 * @throws {RangeError} If a finite value is too large for `float32`.
 *
 * @example
 * ```ts
 * import { readCsv, stackColumns } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const { columns } = readCsv("a,b\n1,2\n3,4\n", { columns: { a: "number", b: "number" } });
 * const x = stackColumns([columns.a, columns.b]);
 * assertEquals(x, { data: new Float32Array([1, 2, 3, 4]), shape: [2, 2] });
 * ```
 */
export function stackColumns(columns: readonly NdArray[]): NdArray<Float32Array> {
  if (columns.length === 0) {
    throw new TypeError("Cannot stack columns as there must be at least one: found none");
  }
  const rows = columns[0].data.length;
  const data = new Float32Array(rows * columns.length);
  columns.forEach((column, j) => {
    checkNdArray(`stack column ${j}`, column);
    if (column.shape.length !== 1 || column.shape[0] !== rows) {
      throw new TypeError(
        `Cannot stack column ${j} as its shape must be [${rows}]: found ${shapeText(column.shape)}`,
      );
    }
    column.data.forEach((value, row) => {
      const at = row * columns.length + j;
      data[at] = value;
      if (Number.isFinite(value) && !Number.isFinite(data[at])) {
        throw new RangeError(
          `Cannot stack column ${j} as its values must fit float32: found ${value} in row ${row}`,
        );
      }
    });
  });
  return { data, shape: [rows, columns.length] };
}
