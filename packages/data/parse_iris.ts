import { irisClasses, irisFeatures } from "./_iris_flowers.ts";
import { readCsv } from "./csv.ts";
import type { Iris } from "./iris.ts";
import { stackColumns } from "./stack_columns.ts";

/** Options of {@linkcode parseIris}. */
export interface ParseIrisOptions {
  /** The name of the file in messages, `"the CSV text"` by default. */
  readonly file?: string;
}

/**
 * Reads iris flowers from the text of a CSV file.
 *
 * Its header names `sepal_length`, `sepal_width`, `petal_length` and `petal_width`, in centimetres,
 * and `species`: `setosa`, `versicolor` or `virginica`. Other columns are left out.
 *
 * @param text The text of the file.
 * @param options The name of the file.
 * @returns The flowers, `x` `[rows, 4]` in centimetres and `y` `[rows]`, labelled as in `iris()`.
 * @throws {SyntaxError} If the text is not such a file, naming the file and the line.
 * @throws {RangeError} If a measure is too large for `float32`.
 *
 * @example
 * ```ts
 * import { parseIris } from "@gradus/data/parse-iris";
 * import { assertEquals } from "@std/assert";
 *
 * const text = `sepal_length,sepal_width,petal_length,petal_width,species
 * 6.3,3.3,6.0,2.5,virginica
 * `;
 * const { x, y } = parseIris(text, { file: "flowers.csv" });
 * assertEquals(x.data, new Float32Array([6.3, 3.3, 6.0, 2.5]));
 * assertEquals(y.data, new Int32Array([2]));
 * ```
 */
export function parseIris(text: string, options: ParseIrisOptions = {}): Iris {
  const { columns } = readCsv(text, {
    columns: {
      sepal_length: "number",
      sepal_width: "number",
      petal_length: "number",
      petal_width: "number",
      species: "label",
    },
    classes: { species: irisClasses },
    file: options.file,
  });
  return {
    x: stackColumns([
      columns.sepal_length,
      columns.sepal_width,
      columns.petal_length,
      columns.petal_width,
    ]),
    y: { data: columns.species.data, shape: columns.species.shape },
    features: irisFeatures,
    classes: irisClasses,
  };
}
