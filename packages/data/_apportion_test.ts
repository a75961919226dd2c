import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { apportion } from "./_apportion.ts";

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function assertShares(result: number[][], totals: number[], counts: number[]): void {
  assertEquals(result.map(sum), totals);
  assertEquals(counts.map((_, column) => sum(result.map((row) => row[column]))), counts);
  const n = sum(totals);
  result.forEach((row, i) =>
    row.forEach((cell, j) => assert(Math.abs(cell * n - totals[i] * counts[j]) < n))
  );
}

describe("apportion()", () => {
  it("gives exact shares where they are whole", () => {
    assertEquals(apportion([50, 50, 50], [105, 15, 30]), [[35, 5, 10], [35, 5, 10], [35, 5, 10]]);
  });

  it("rounds up the largest remainders", () => {
    // Shares 6.3 and 2.7, 1.4 and 0.6, 6.3 and 2.7: the second column has room for two more.
    assertEquals(apportion([9, 2, 9], [14, 6]), [[6, 3], [2, 0], [6, 3]]);
  });

  it("lets a row that came off short take the turn of others", () => {
    const [totals, counts] = [[9, 3, 6, 4, 11], [5, 5, 8, 4, 11]];
    assertShares(apportion(totals, counts), totals, counts);
  });

  it("rounds each share down or up and keeps both sums", () => {
    const table = fc.array(fc.array(fc.nat({ max: 12 }), { minLength: 4, maxLength: 4 }), {
      minLength: 1,
      maxLength: 7,
    }).filter((rows) => sum(rows.flat()) > 0);
    fc.assert(
      fc.property(table, (rows) => {
        const totals = rows.map(sum);
        const counts = [0, 1, 2, 3].map((column) => sum(rows.map((row) => row[column])));
        assertShares(apportion(totals, counts), totals, counts);
      }),
      { numRuns: 1000 },
    );
  });
});
