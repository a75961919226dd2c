import { assertEquals, assertInstanceOf } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { UsageError } from "./usage_error.ts";

describe("UsageError", () => {
  it("is an error with a name of its own, a message and a cause", () => {
    const cause = new SyntaxError("cause");
    const error = new UsageError("message", { cause });
    assertInstanceOf(error, Error);
    assertEquals([error.name, error.message, error.cause], ["UsageError", "message", cause]);
    assertEquals(`${error}`, "UsageError: message");
  });
});
