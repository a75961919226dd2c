/**
 * The assertions of std that this repository uses, for where std itself cannot be reached.
 *
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(new Float32Array([1, -0]), new Float32Array([1, 0]));
 * assertThrows(() => assertEquals({ a: 1 }, { a: 2 }), Error, "Values are not equal");
 * ```
 *
 * @module
 */
export { AssertionError } from "./assertion_error.ts";
export { equal } from "./equal.ts";
export { assertAlmostEquals, assertEquals, assertNotEquals, assertStrictEquals } from "./equals.ts";
export {
  assert,
  assertExists,
  assertInstanceOf,
  assertMatch,
  assertStringIncludes,
} from "./holds.ts";
export { assertRejects, assertThrows } from "./throws.ts";
