/**
 * Predictions as CSV with the columns `Id`, from 1, and `Category`, the number of the class.
 *
 * @param predictions Classes in the order of the rows.
 * @returns The text of a CSV file.
 *
 * @example
 * ```ts
 * import { predictionsCsv } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await predictionsCsv([3, 8]), "Id,Category\r\n1,3\r\n2,8\r\n");
 * ```
 */
export async function predictionsCsv(predictions: ArrayLike<number>): Promise<string> {
  const { stringify } = await import("@std/csv/stringify");
  const rows = Array.from(predictions, (category, row) => ({ Id: row + 1, Category: category }));
  return stringify(rows, { columns: ["Id", "Category"] });
}
