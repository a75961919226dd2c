import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";

/** As `assertThrows`, with the whole message, and no subclass. */
export function assertThrowsExactly(
  run: () => unknown,
  // deno-lint-ignore no-explicit-any -- as std has it
  errorClass: new (...options: any[]) => Error,
  message: string,
): void {
  const error = assertThrows(run, errorClass);
  assertEquals(error.message, message);
  assertStrictEquals(error.constructor, errorClass);
}
