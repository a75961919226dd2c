import type { Random } from "@gradus/random";
import { apportion } from "./_apportion.ts";
import { checkNdArray, shapeText } from "./_check_nd_array.ts";
import type { NdArray } from "./nd_array.ts";

/** Options of {@linkcode stratifiedSplit} and {@linkcode randomSplit}. */
export interface SplitOptions<Part extends string> {
  /**
   * How many rows each part gets, each at least 1, together no more than there are.
   *
   * Rows beyond their sum belong to no part.
   */
  readonly counts: Readonly<Record<Part, number>>;
  /** The stream that shuffles the rows. */
  readonly random: Random;
}

/**
 * Splits rows into disjoint parts at random, each class in proportion.
 *
 * Of a class with `k` of the `n` rows, a part of `m` rows gets `k · m / n`, rounded down or up; where
 * a choice is left, the largest remainders are rounded up.
 *
 * @param labels The classes of the rows, `[rows]`.
 * @param options How many rows each part gets, and the random stream.
 * @returns For each part the indices of its rows, `[count]`, shuffled.
 * @throws {TypeError} If `labels` has another shape than `[rows]`.
 * @throws {RangeError} If there is no part, a count is not a whole number above 0, or the counts
 * exceed the rows.
 *
 * @example
 * ```ts
 * import { iris, stratifiedSplit, takeRows } from "@gradus/data";
 * import { random } from "@gradus/random";
 * import { assertEquals } from "@std/assert";
 *
 * const { y } = iris();
 * const counts = { training: 105, validation: 15, test: 30 };
 * const parts = stratifiedSplit(y, { counts, random: random(0) });
 * const labels = takeRows(y, parts.validation).data;
 * assertEquals(labels.toSorted(), new Int32Array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2]));
 * ```
 */
export function stratifiedSplit<const Part extends string>(
  labels: NdArray<Int32Array>,
  options: SplitOptions<Part>,
): Record<Part, Int32Array> {
  checkNdArray("split rows by labels", labels);
  if (labels.shape.length !== 1) {
    throw new TypeError(
      `Cannot split rows by labels as their shape must be [rows]: found ` +
        shapeText(labels.shape),
    );
  }
  const rows = labels.data.length;
  const counts = checkCounts(rows, options.counts);
  const rest = rows - counts.reduce((sum, { count }) => sum + count, 0);

  const classes = groupByLabel(options.random.permutation(rows), labels.data);
  const table = apportion(
    classes.map((members) => members.length),
    [...counts.map(({ count }) => count), rest],
  );
  const taken = classes.map(() => 0);
  return toRecord(counts, (part) => {
    const members = classes.flatMap((members, i) => {
      const first = taken[i];
      taken[i] += table[i][part];
      return members.slice(first, taken[i]);
    });
    return options.random.permutation(members.length).map((i) => members[i]);
  });
}

/**
 * Splits rows into disjoint parts at random.
 *
 * @param rows The number of rows.
 * @param options How many rows each part gets, and the random stream.
 * @returns For each part the indices of its rows, `[count]`, shuffled.
 * @throws {RangeError} If the number of rows is not whole, there is no part, a count is not a whole
 * number above 0, or the counts exceed the rows.
 *
 * @example
 * ```ts
 * import { randomSplit } from "@gradus/data";
 * import { random } from "@gradus/random";
 * import { assertEquals } from "@std/assert";
 *
 * const parts = randomSplit(5, { counts: { training: 3, test: 2 }, random: random(0) });
 * assertEquals([...parts.training, ...parts.test].sort(), [0, 1, 2, 3, 4]);
 * ```
 */
export function randomSplit<const Part extends string>(
  rows: number,
  options: SplitOptions<Part>,
): Record<Part, Int32Array> {
  if (!Number.isSafeInteger(rows)) {
    throw new RangeError(`Cannot split rows as their number must be whole: found ${rows}`);
  }
  const counts = checkCounts(rows, options.counts);
  const order = options.random.permutation(rows);
  let first = 0;
  return toRecord(counts, (part) => order.slice(first, first += counts[part].count));
}

function checkCounts<Part extends string>(
  rows: number,
  record: Readonly<Record<Part, number>>,
): { part: Part; count: number }[] {
  const counts = (Object.keys(record) as Part[]).map((part) => ({ part, count: record[part] }));
  if (counts.length === 0) {
    throw new RangeError(`Cannot split ${rows} rows as there must be a part: found none`);
  }
  for (const { part, count } of counts) {
    if (Number.isSafeInteger(count) && count > 0) continue;
    throw new RangeError(
      `Cannot split ${rows} rows as each count must be a whole number above 0: ` +
        `found ${count} for ${part}`,
    );
  }
  const sum = counts.reduce((sum, { count }) => sum + count, 0);
  if (sum > rows) {
    throw new RangeError(
      `Cannot split ${rows} rows as the counts must not exceed them: found a sum of ${sum}`,
    );
  }
  return counts;
}

function groupByLabel(rows: Int32Array, labels: Int32Array): number[][] {
  const groups = new Map<number, number[]>();
  for (const row of rows) {
    const group = groups.get(labels[row]);
    if (group) group.push(row);
    else groups.set(labels[row], [row]);
  }
  return [...groups.values()];
}

function toRecord<Part extends string>(
  counts: readonly { part: Part }[],
  rowsOf: (part: number) => Int32Array,
): Record<Part, Int32Array> {
  return Object.fromEntries(
    counts.map(({ part }, i) => [part, rowsOf(i)]),
  ) as Record<Part, Int32Array>;
}
