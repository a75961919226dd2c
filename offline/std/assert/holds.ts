import { AssertionError, fail } from "./assertion_error.ts";

/**
 * Throws unless `expr` is truthy.
 *
 * @throws {AssertionError} With exactly the text `msg`, as in std.
 */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/**
 * Throws if `actual` is `undefined` or `null`.
 *
 * @throws {AssertionError} `Expected actual: "…" to not be null or undefined.`
 */
export function assertExists<T>(
  actual: T,
  msg?: string,
): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    fail(`Expected actual: "${actual}" to not be null or undefined`, msg);
  }
}

/**
 * Throws unless `actual` is an instance of `expectedType` or of a class that extends it.
 *
 * @throws {AssertionError} Naming the class that was expected and the value's own.
 */
export function assertInstanceOf<
  // deno-lint-ignore no-explicit-any -- std's signature: the arguments of a class are anything
  T extends abstract new (...args: any[]) => any,
>(
  actual: unknown,
  expectedType: T,
  msg?: string,
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  const found = actual === null
    ? "null"
    : typeof actual === "object"
    ? (actual.constructor?.name ?? "Object")
    : typeof actual;
  fail(
    `Expected object to be an instance of "${expectedType.name}" but was "${found}"`,
    msg,
  );
}

/**
 * Throws unless the string `actual` matches the pattern `expected`.
 *
 * @throws {AssertionError} `Expected actual: "…" to match: "…".`
 */
export function assertMatch(
  actual: string,
  expected: RegExp,
  msg?: string,
): void {
  if (!expected.test(actual)) {
    fail(`Expected actual: "${actual}" to match: "${expected}"`, msg);
  }
}

/**
 * Throws unless the string `actual` includes `expected`.
 *
 * @throws {AssertionError} `Expected actual: "…" to contain: "…".`
 */
export function assertStringIncludes(
  actual: string,
  expected: string,
  msg?: string,
): void {
  if (!actual.includes(expected)) {
    fail(`Expected actual: "${actual}" to contain: "${expected}"`, msg);
  }
}
