import { inspect } from "node:util";
import { fail } from "./assertion_error.ts";
import { equal } from "./equal.ts";

/**
 * Throws unless `actual` and `expected` are deeply equal, as {@linkcode equal} has it.
 *
 * @throws {AssertionError} `Values are not equal.` (or `Values are not equal: msg`), then the lines
 * in which the two values differ.
 */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) {
    fail("Values are not equal", msg, difference(actual, expected));
  }
}

/**
 * Throws if `actual` and `expected` are deeply equal, as {@linkcode equal} has it.
 *
 * @throws {AssertionError} `Expected actual: … not to be: ….` with both values.
 */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  fail(
    `Expected actual: ${inspect(actual)} not to be: ${inspect(expected)}`,
    msg,
  );
}

/**
 * Throws unless `actual` and `expected` are the same value by `Object.is`: so NaN is NaN, and `0`
 * is not `-0`.
 *
 * @throws {AssertionError} `Values are not strictly equal.`, then the difference of the two values;
 * where they print alike, `Values have the same structure but are not reference-equal.`
 */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const what = inspect(actual) === inspect(expected)
    ? "Values have the same structure but are not reference-equal"
    : "Values are not strictly equal";
  fail(what, msg, difference(actual, expected));
}

/**
 * Throws unless `|actual − expected| ≤ tolerance`.
 *
 * @param tolerance By default 1e-7 of the expected value, or 1e-7 if that is infinite. Infinity
 * equals itself alone, and NaN equals NaN.
 * @throws {AssertionError} Naming both numbers, their distance and the tolerance.
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  tolerance ??= Number.isFinite(expected) ? Math.abs(expected) * 1e-7 : 1e-7;
  const distance = Math.abs(expected - actual);
  if (Object.is(actual, expected) || distance <= tolerance) return;
  const [a, e, d, t] = [actual, expected, distance, tolerance].map((n) =>
    Number.isInteger(n) ? n : n.toExponential()
  );
  fail(
    `Expected actual: "${a}" to be close to "${e}": delta "${d}" is greater than "${t}"`,
    msg,
  );
}

/** Enough of a difference to understand it: a window on two long arrays, rather than all of them. */
const MAX_LINES = 30;

/** What lies between the lines that two values begin with in common and those that they end with. */
function difference(actual: unknown, expected: unknown): string {
  const [a, b] = [actual, expected].map(linesOf);
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return [
    "\n\n[Diff] Actual / Expected",
    ...start > 3 ? [`  … ${start - 3} equal lines`] : [],
    ...a.slice(Math.max(0, start - 3), start).map((line) => `  ${line}`),
    ...marked("-", a.slice(start, a.length - end)),
    ...marked("+", b.slice(start, b.length - end)),
    ...a.slice(a.length - end).slice(0, 3).map((line) => `  ${line}`),
    "",
  ].join("\n");
}

function linesOf(value: unknown): string[] {
  const all = { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity };
  return inspect(value, { ...all, compact: false, sorted: true }).split("\n");
}

function marked(mark: "-" | "+", lines: string[]): string[] {
  const more = lines.length - MAX_LINES;
  return [
    ...lines.slice(0, MAX_LINES).map((line) => `${mark} ${line}`),
    ...more > 0 ? [`${mark} … ${more} more lines`] : [],
  ];
}
