/**
 * What a classifier takes for what.
 *
 * @example
 * ```ts
 * import { confusionMatrix } from "@gradus/plot/confusion-matrix";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const svg = confusionMatrix({
 *   title: "Iris, 30 test flowers",
 *   labels: ["setosa", "versicolor", "virginica"],
 *   counts: [[10, 0, 0], [0, 9, 1], [0, 1, 9]],
 * });
 * assertStringIncludes(svg, "28 of 30 are right: 93.3%");
 * ```
 *
 * @module
 */

import { readColour } from "./_colour.ts";
import { groupDigits } from "./_label.ts";
import { matrixChart } from "./_matrix_chart.ts";
import type { Theme } from "./theme.ts";

/** What {@linkcode confusionMatrix} draws, and how. */
export interface ConfusionMatrixOptions {
  /** Above the table; up to three lines. */
  title: string;
  /** The names of the classes. */
  labels: readonly string[];
  /** `counts[true class][predicted class]`, whole numbers, as many rows and columns as labels. */
  counts: readonly ArrayLike<number>[];
  /** Small print below the table; none by default. */
  note?: string;
  /** `"auto"` by default. */
  theme?: Theme;
}

const LOW = "#f3f6fa";
const HIGH = "#0d3f82";

/**
 * A confusion matrix as the text of an SVG file: cell (i, j) has the number of rows of class i that
 * were predicted as class j, and unless there are none their share of class i, which also sets the
 * colour.
 *
 * A class without rows has no colours. The size follows from the number of classes.
 *
 * @param options What to draw, with defaults at each property.
 * @returns A file of its own that also can be put into an HTML page as it is. The same options give
 * the same text.
 * @throws {TypeError} If `counts` does not have a row and a column for each label, or there is none.
 * @throws {RangeError} If a count is not a whole number from 0 on.
 *
 * @example
 * ```ts
 * import { confusionMatrix } from "@gradus/plot";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const svg = confusionMatrix({
 *   title: "Coats and shirts",
 *   labels: ["coat", "shirt"],
 *   counts: [[3, 1], [2, 2]],
 * });
 * assertStringIncludes(svg, "75.0%");
 * ```
 */
export function confusionMatrix(options: ConfusionMatrixOptions): string {
  const { title, labels, note, theme = "auto" } = options;
  const counts = options.counts.map((row) => Array.from(row));
  checkCounts(labels, counts);
  const names = labels.map((text) => ({ text }));
  const summary = summarise(counts);
  return matrixChart({
    title,
    description: describe(labels, counts, summary),
    rows: { label: "true class", names },
    columns: { label: "predicted class", names },
    cells: counts.map((row) => {
      const total = sum(row);
      return row.map((count) => {
        const share = 100 * count / total;
        const shown = count === 0 ? [] : [percentage(share)];
        return { lines: [groupDigits(String(count)), ...shown], value: share };
      });
    }),
    colours: {
      extent: { min: 0, max: 100 },
      label: "% of the true class",
      low: readColour("low", LOW),
      high: readColour("high", HIGH),
    },
    notes: [summary, ...(note === undefined ? [] : [note])],
    theme,
  });
}

function checkCounts(labels: readonly string[], counts: readonly number[][]): void {
  const classes = labels.length;
  const isSquare = counts.length === classes && counts.every((row) => row.length === classes);
  if (classes === 0 || !isSquare) {
    const lengths = [...new Set(counts.map((row) => row.length))].join(" or ");
    const expected = classes === 0 ? "have a class at least" : `be ${classes} by ${classes}`;
    const found = counts.length === 0 ? "no rows" : `${counts.length} by ${lengths}`;
    throw new TypeError(
      `Cannot draw a confusion matrix as its counts must ${expected}: found ${found}`,
    );
  }
  for (const [row, values] of counts.entries()) {
    const column = values.findIndex((count) => !Number.isSafeInteger(count) || count < 0);
    if (column < 0) continue;
    const found = `found ${values[column]} at row ${row}, column ${column}`;
    throw new RangeError(
      `Cannot draw a confusion matrix as counts must be whole numbers from 0 on: ${found}`,
    );
  }
}

function summarise(counts: readonly number[][]): string {
  const total = sum(counts.flat());
  if (total === 0) return "no rows";
  const right = sum(counts.map((row, index) => row[index]));
  const [written, all] = [right, total].map((count) => groupDigits(String(count)));
  return `${written} of ${all} are right: ${percentage(100 * right / total)}`;
}

function describe(
  labels: readonly string[],
  counts: readonly number[][],
  summary: string,
): string {
  const recalls = counts.map((row, index) => {
    const share = percentage(100 * row[index] / sum(row));
    return `${labels[index]}: ${row[index]} of ${sum(row)} (${share}).`;
  });
  return [`Confusion matrix of ${labels.length} classes. ${summary}.`, ...recalls].join(" ");
}

/** One decimal, as in 93.3%, that says neither all nor none of what is only almost so. */
function percentage(share: number): string {
  if (Number.isNaN(share)) return "–";
  if (share > 0 && share < 0.05) return "<0.1%";
  if (share >= 99.95 && share < 100) return ">99.9%";
  return `${share.toFixed(1)}%`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
