import { assertEquals, assertInstanceOf } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { DivergedError } from "./diverged_error.ts";

describe("DivergedError", () => {
  it("is an error with a name of its own, a message and a cause", () => {
    const cause = new RangeError("cause");
    const error = new DivergedError("message", { cause });
    assertInstanceOf(error, Error);
    assertEquals([error.name, error.message, error.cause], ["DivergedError", "message", cause]);
  });
});
