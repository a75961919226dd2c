import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { InterruptedTrainingError } from "./interrupted_training_error.ts";

describe("InterruptedTrainingError", () => {
  it("says that nothing is kept where no epoch was whole", () => {
    const cause = new Error("Cannot go on");
    const error = new InterruptedTrainingError(cause, null);
    assertEquals(error.message, "Cannot go on; nothing is kept of the first epoch");
    assertEquals([error.cause, error.resumable], [cause, null]);
  });
});
