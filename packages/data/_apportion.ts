/**
 * Shares out whole numbers evenly: cell `[i, j]` of the table is `total[i] · count[j] / n`, rounded
 * down or up, where `n` is the sum of the totals and also that of the counts. Its rows add up to
 * the totals and its columns to the counts.
 *
 * Cells are rounded up in the order of their remainders, the largest first, as long as both sums
 * allow it (the largest-remainder method). A row that comes off short in this takes its turn from
 * another along an augmenting path; as the table of exact shares has these sums, a rounded one
 * has them too (transportation polytopes have whole vertices), and such a path exists.
 */
export function apportion(totals: readonly number[], counts: readonly number[]): number[][] {
  const n = counts.reduce((sum, count) => sum + count, 0);
  const remainder = (row: number, column: number) => (totals[row] * counts[column]) % n;
  const table = totals.map((total) => counts.map((count) => Math.floor(total * count / n)));
  const wanted = totals.map((total, row) => total - sum(table[row]));
  const room = counts.map((count, column) => count - sum(table.map((cells) => cells[column])));
  const isUp = table.map((cells) => cells.map(() => false));

  const cells = table
    .flatMap((_, row) => counts.map((_, column) => ({ row, column })))
    .filter(({ row, column }) => remainder(row, column) > 0)
    .sort((a, b) => remainder(b.row, b.column) - remainder(a.row, a.column));

  function roundUp(row: number, tried: Set<number>): boolean {
    for (const cell of cells) {
      if (cell.row !== row || isUp[row][cell.column] || tried.has(cell.column)) continue;
      tried.add(cell.column);
      if (room[cell.column] > 0) {
        room[cell.column]--;
      } else {
        const other = isUp.findIndex((up, i) => up[cell.column] && roundUp(i, tried));
        if (other < 0) continue;
        isUp[other][cell.column] = false;
      }
      isUp[row][cell.column] = true;
      return true;
    }
    return false;
  }

  for (const { row, column } of cells) {
    if (wanted[row] === 0 || room[column] === 0) continue;
    isUp[row][column] = true;
    wanted[row]--;
    room[column]--;
  }
  wanted.forEach((count, row) => {
    for (let i = 0; i < count; i++) roundUp(row, new Set());
  });
  return table.map((cells, row) => cells.map((cell, column) => cell + Number(isUp[row][column])));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
