import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "./usage_error.ts";

/** As `assertThrows` for a {@linkcode UsageError}, with the whole message. */
export function assertUsageError(run: () => unknown, message: string): void {
  assertEquals(assertThrows(run, UsageError).message, message);
}
