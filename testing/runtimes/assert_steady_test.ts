import { assertThrows } from "@std/assert";
import { assertSteady } from "./assert_steady.ts";

const facts = (sizes: readonly number[]) =>
  sizes.map((size) => ({ done: "", objectBytes: size, processBytes: 10 * size, grownPages: 0 }));

Deno.test("assertSteady() accepts a warm-up, and what comes and goes", () => {
  assertSteady(facts([1, 30, 60, 100, 300, 101, 400, 105, 500]), {
    objectBytes: 10,
    processBytes: 100,
  });
});

Deno.test("assertSteady() refuses growth", () => {
  for (
    const limits of [{ objectBytes: 4, processBytes: 100 }, { objectBytes: 10, processBytes: 40 }]
  ) {
    assertThrows(
      () => assertSteady(facts([1, 30, 60, 100, 300, 101, 400, 105, 500]), limits),
      Error,
      limits.objectBytes === 4
        ? "objectBytes grew from 100 to 105, by more than 4"
        : "processBytes grew from 1000 to 1050, by more than 40",
    );
  }
});
